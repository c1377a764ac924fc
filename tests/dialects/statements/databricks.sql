SELECT ${x} FROM ${y} WHERE ${z} > 1
SELECT id FROM {df} WHERE id > :least
SELECT id FROM t AS a TABLESAMPLE (10 PERCENT)
SELECT id FROM t TABLESAMPLE (5 ROWS) AS a WHERE a.id > 1
SELECT * FROM t PIVOT (SUM(x) + 1 AS a, 'c' AS b FOR q IN ('1', '2'))
SELECT a, b FROM EXPLODE(MAP(1, 2)) AS (a, b)
SELECT id FROM t QUALIFY ROW_NUMBER() OVER (DISTRIBUTE BY id SORT BY day DESC) = 1
SELECT day + INTERVAL 1 DAY 2 HOURS AS later FROM t
SELECT MAP(*), STRUCT(*) FROM t
WITH v AS (VALUES (1, 'a') AS t(x, y)) SELECT x FROM v
SELECT * EXCEPT (a), c:d.e::INT AS f FROM t
SELECT TRANSFORM(xs, (x, i) -> x + i), FILTER(xs, x -> x > 1) FROM t
SELECT id FROM t LATERAL VIEW OUTER EXPLODE(xs) e AS x WHERE x > 1
SELECT id FROM a LEFT ANTI JOIN b ON a.id = b.id
SELECT a.b?::INT, f(x)[0]?::DECIMAL(10, 2), '20'?::DATE FROM t
SELECT id FROM s.t@v123 JOIN u@20240101000000000 AS w ON t.id = w.id
SELECT a FROM ${s}.${t} AS x WHERE x.a = ${v}
SELECT * FROM STREAM read_files('gs://b/a', includeExistingFiles => false)
SELECT a.x FROM STREAM c.s.t AS a JOIN STREAM(u) ON a.x = u.x
SELECT t.* EXCEPT (t.a, b) FROM t
SELECT TRANSFORM(a, (x, y) -> x + y) FROM t
SELECT a NOT LIKE ANY ('x%', '_y') AS p, b LIKE ALL ('x%', '_y') AS q, c NOT LIKE ALL ('z') AS r FROM t
