MODEL (name m.functions, kind FULL);

SELECT @GENERATE_SURROGATE_KEY(id, kind) AS k, @GENERATE_SURROGATE_KEY(id, hash_function := 'SHA1') AS s, @PIVOT(kind, ['a', 'b'], quote := FALSE), @SAFE_DIV(id, 2) AS q, @EACH(@labels, l -> l) FROM raw.lower GROUP BY id
