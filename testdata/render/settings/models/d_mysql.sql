MODEL (name raw.d_mysql, kind FULL, dialect mysql);

SELECT
  @GENERATE_SURROGATE_KEY(a, amount) AS key,
  @GENERATE_SURROGATE_KEY(a, amount, hash_function := 'SHA256') AS sha,
  @SAFE_ADD(a, amount, 1) AS s,
  @SAFE_SUB(a, amount) AS m,
  @SAFE_DIV(a, amount) AS d,
  @HAVERSINE_DISTANCE(a, amount, 3.5, 4.5, 'km') AS km,
  @PIVOT(flag, ['x', 'y']),
  @EACH([a, b], c -> COALESCE(c, 0) AS @{c}_0),
  @IF(@runtime_stage = 'loading', 1, 2) AS stage,
  @'@{gateway}_x' AS t,
  '@start_ds' AS kept,
  @AND(a > 1, @OR(a < 2, NULL)) AS both_of
FROM raw.t
WHERE @AND(a > 1, b < 2)
GROUP BY 1
