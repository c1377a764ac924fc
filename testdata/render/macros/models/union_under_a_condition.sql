MODEL (name m.union_under_a_condition, kind FULL, depends_on (raw.t, raw.u));

@UNION(@count = 4, raw.t, raw.u)
