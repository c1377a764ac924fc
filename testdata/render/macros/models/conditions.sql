MODEL (name m.conditions, kind FULL);

SELECT
  a,
  @IF(@count > 2, b, amount) AS chosen,
  @IF(@region = 'south', amount AS only_south),
  @IF(@enabled AND NOT @count = 4, 'yes', 'no') AS both,
  @IF(@gateway = 'local', 1, 2) AS by_gateway,
  @IF(@runtime_stage = 'loading', 1, 2) AS by_stage,
  @EVAL(@count * 2 + 1) AS evaluated,
  @EVAL('b') AS as_sql,
  @AND(a > 1, NULL, b = 'x' OR b = 'y') AS conjunction,
  @OR(a > 1, NULL, b = 'x' AND flag) AS disjunction,
  @AND(NULL) AS nothing
FROM raw.t
WHERE @AND(flag, @IF(@count = 3, a > 0), TRUE)
