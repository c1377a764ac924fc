MODEL (name m.star_with_options, kind FULL);

SELECT
  @STAR(raw.t, x, exclude := [a, flag], prefix := 'p_', suffix := '_s'),
  @STAR(raw.u, y, except_ := [b], quote_identifiers := FALSE),
  @STAR(relation := raw.untyped, alias := z, prefix := 'z_')
FROM raw.t AS x JOIN raw.u AS y ON x.a = y.a JOIN raw.untyped AS z ON z.a = x.a
