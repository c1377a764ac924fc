MODEL (name m.in_postgres, kind FULL, dialect postgres);

SELECT @SAFE_DIV(a, b) AS q, @GENERATE_SURROGATE_KEY(a) AS k, CAST(a AS INT) AS c FROM (@DATE_SPINE('week', '2024-01-01', '2024-12-31')) AS s, t
