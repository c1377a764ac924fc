MODEL (name m.clauses, kind FULL);

@WITH(@count = 3) c AS (SELECT a, b FROM raw.u)
SELECT t.a, COUNT(*) AS n
FROM raw.t AS t
LEFT @JOIN(@enabled) c ON c.a = t.a
INNER @JOIN(@count = 4) raw.u AS u ON u.a = t.a
@WHERE(@region = 'south') t.a > 1 AND t.flag
@GROUP_BY(@enabled) t.a
@HAVING(@count > 2) COUNT(*) > 1
@ORDER_BY(@count > 2) t.a
@LIMIT(@count = 3) 10
