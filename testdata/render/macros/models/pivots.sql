MODEL (name m.pivots, kind FULL);

SELECT day, @PIVOT(b, ['x', 'y z']), @PIVOT(a, [1, 2], prefix := 'a_', suffix := '_n'),
  @PIVOT(b, ['v'], agg := 'MAX', cmp := '<>', then_value := amount, else_value := NULL, quote := FALSE),
  @PIVOT(b, ['v'], TRUE, 'MIN', '>', 'p', 's', amount, NULL, FALSE, TRUE),
  @PIVOT(b, ['w'], alias := FALSE),
  @PIVOT(b, ['q', 'r'], TRUE, 'COUNT')
FROM raw.t GROUP BY day
