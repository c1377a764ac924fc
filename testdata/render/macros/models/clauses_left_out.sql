MODEL (name m.clauses_left_out, kind FULL);

SELECT t.a
FROM raw.t AS t
LEFT OUTER @JOIN(FALSE) raw.u AS u ON u.a = t.a
@WHERE(@region = 'west') t.a > 1
@GROUP_BY(FALSE) t.a
@HAVING(FALSE) COUNT(*) > 1
@ORDER_BY(@count > 3) t.a
@LIMIT(FALSE) 10
