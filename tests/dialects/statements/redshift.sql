SELECT attr, val FROM orders AS o, UNPIVOT o.items AS val AT attr
SELECT * EXCLUDE (a) FROM t
SELECT LISTAGG(x, ',') WITHIN GROUP (ORDER BY y) FROM t
SELECT x FROM t WHERE a = b (+)
SELECT APPROXIMATE COUNT(DISTINCT x) FROM t QUALIFY ROW_NUMBER() OVER (PARTITION BY a ORDER BY b) = 1
SELECT DATEADD(day, 1, x), x ILIKE 'a%' FROM t
SELECT o.items[0].name FROM orders AS o, o.items AS i
SELECT EXTRACT(qtr FROM d), EXTRACT(weekday FROM d), 2 * a ^ b FROM t
SELECT a[i], b[MOD(i, 3) + 1]::FLOAT8, t.c[u.d].e[0] FROM t, u
