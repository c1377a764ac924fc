MODEL (name m.each, kind FULL);

SELECT
  @EACH([a, b], x -> x),
  @EACH([a, amount], c -> SUM(c) OVER () AS total_@c),
  @EACH(['x', 'y'], v -> COUNT(*) FILTER (WHERE b = v) OVER () AS count_@v),
  @EACH(@names, n -> @SQL('1') AS from_@n),
  @EACH([(a, b), (amount, day)], (p, q) -> COALESCE(p, NULL) AS @{p}_and_@{q}),
  @EACH([1, 2], i -> a + i * @i AS squared_@i),
  @EACH([], z -> z)
FROM raw.t
