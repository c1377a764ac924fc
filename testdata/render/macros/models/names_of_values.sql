MODEL (name m.names_of_values, kind FULL);

SELECT
  @EACH([1, 2.5, b], x -> a AS x),
  @EACH([10, 'q'], x -> a + 1 AS @x),
  @EACH([TRUE, NULL], x -> a AS c_@x),
  @PIVOT(b, [TRUE, 5, t.a], agg := 'MAX', prefix := 'p_'),
  @PIVOT(b, [7, 'u'], quote := FALSE, suffix := '_s'),
  HASH(@EACH([a, b], x -> x)) AS key,
  my_function(1, @EACH(['x', 'y'], x -> @x), @IF(FALSE, 2)) AS called
FROM raw.t AS t
