MODEL (
  name duckdb.group_by_rollup,
  kind FULL,
  dialect duckdb
);

SELECT region, status, GROUPING(region) AS level, COUNT(*) AS n FROM raw.customers GROUP BY ROLLUP (region, status)
