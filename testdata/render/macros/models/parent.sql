MODEL (name m.parent, kind FULL);

SELECT a, b AS "B b", COUNT(*) AS n, SUM(a) AS total, CAST(NULL AS DATE) AS day FROM raw.t GROUP BY a, b
