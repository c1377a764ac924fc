MODEL (name m.arguments, kind FULL);

SELECT
  @IF(TRUE, @IF(FALSE, a), b) AS second,
  @IF(FALSE, @IF(TRUE, a), b) AS third,
  @IF(TRUE, @EACH([a, b], x -> x)) AS first_of_two,
  @IF(FALSE, @EACH([a, b], x -> x)) AS second_of_two,
  @IF('a' IN @names, 1, 2) AS never,
  @IF(@region IN ('south', 'x'), 1, 2) AS listed,
  @EACH([a, b], x -> @IF(TRUE, @IF(FALSE, a), x) AS @{x}_0),
  @EACH([1, 2], i -> a AS @{i}_th),
  @EVAL(3 / 2) AS half, @EVAL(-7 % 3) AS rest, @IF(@count / 2 > 1, a, b) AS divided
FROM raw.t
