SELECT COLUMNS('^price') APPLY(sum) APPLY(round), id FROM t GROUP BY id
SELECT * APPLY(toString) FROM t
SELECT (groupArray(x) AS xs).1, xs FROM t
SELECT tuple(a, b).2 AS second, t.1 FROM t
SELECT json.a.:Int64, json.^b, json.c[].d FROM t
SELECT id FROM t ARRAY JOIN [1, 2] AS n, mapKeys(m) AS k
SELECT id FROM t LEFT ARRAY JOIN splitByChar(',', tags) AS tag WHERE id > 1
SELECT id FROM t ORDER BY id LIMIT 1, 2 BY city
SELECT id FROM t ORDER BY id LIMIT 2 OFFSET 1 BY city LIMIT 10
SELECT id FROM a JOIN b USING id, day WHERE a.x
SELECT id FROM a ORDER BY id LIMIT 1 UNION ALL SELECT id FROM b
WITH x AS (SELECT 1 AS id) SELECT id FROM x LIMIT 1 UNION ALL SELECT id FROM b LIMIT 2
SELECT id FROM {table:Identifier} WHERE day = {day:Date}
SELECT 1 AS a FORMAT JSONEachRow
SELECT 1 SETTINGS max_threads = 4, log_comment = 'x'
SELECT d FROM t ORDER BY d WITH FILL FROM toDate('2024-01-01') - INTERVAL '7' DAY TO toDate('2024-02-01') STEP 1
SELECT id FROM t FINAL SAMPLE 0.1 PREWHERE day > 1 WHERE x
SELECT id FROM a GLOBAL ANY LEFT JOIN b USING (id)
SELECT quantileIf(0.9)(x, y > 1) FROM t GROUP BY ALL WITH TOTALS
SELECT CAST(x AS Map(String, Array(Nullable(Int8)))), x::LowCardinality(String) FROM t
SELECT if(x, [1], []) AS xs, arrayMap((a, b) -> a + b, xs, ys) FROM t
SELECT a.x FROM t AS a FINAL JOIN u FINAL ON a.id = u.id
SELECT * EXCEPT (c1, c2) APPLY(sum) FROM t
SELECT * REPLACE (a + 1 AS a) APPLY(max) FROM t
SELECT * FROM t GLOBAL CROSS JOIN u
SELECT a.x FROM a LEFT ANTI OUTER JOIN b ON a.x = b.x
SELECT a.x, b.y FROM a PASTE JOIN b
SELECT a FROM t WHERE b = 1 FORMAT CSV SETTINGS max_threads = 2
SELECT '2024-01-01'::DateTime64() AS d, e::DateTime('Asia/Dubai') AS f FROM t
