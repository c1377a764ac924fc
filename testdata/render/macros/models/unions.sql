MODEL (name m.unions, kind FULL);

@UNION('all', raw.t, raw.u)
