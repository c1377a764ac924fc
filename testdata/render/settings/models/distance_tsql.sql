MODEL (name raw.distance_tsql, kind FULL, dialect tsql);

SELECT @HAVERSINE_DISTANCE(a, amount, 3.5, b + 1) AS miles, @SAFE_DIV(a, amount) AS d, @GENERATE_SURROGATE_KEY(a, amount) AS k, @SAFE_ADD(a, b) AS s FROM raw.t
