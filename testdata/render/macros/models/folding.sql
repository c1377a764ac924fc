MODEL (name m.folding, kind FULL);

SELECT
  @REDUCE([a, amount, 3], (x, y) -> x + y) AS total,
  @REDUCE(@FILTER([1, 2, 3], x -> x > 1), (x, y) -> x + y) AS filtered,
  @FILTER([1, 2, 3], x -> x > 2) AS one,
  @EVAL(@REDUCE([1, 2, 3], (x, y) -> x + y)) AS evaluated,
  @REDUCE(@EACH([a, amount], x -> COALESCE(x, 0)), (x, y) -> x * y) AS product
FROM raw.t
WHERE @REDUCE(@EACH([a, amount], c -> c > 0), (x, y) -> x AND y)
