MODEL (name m.nested, kind FULL);

@DEF(columns, [a, amount]);
SELECT
  @EACH(@columns, c -> @IF(@count > 2, SUM(@c) OVER (), MAX(@c)) AS @{c}_total),
  @EACH(@EACH(@names, n -> @SQL('@n')), x -> x),
  @IF(@AND(TRUE, @count = 3), @EVAL(1 + @EVAL(1)), 0) AS two,
  @EACH([1, 2], i -> @SAFE_ADD(a, @i) AS plus_@i),
  @EACH(@FILTER([1, 2, 3], n -> n <> 2), n -> @n AS number_@n)
FROM raw.t
WHERE b IN (@EACH(['p', 'q'], v -> v))
ORDER BY @EACH(@columns, c -> c)
