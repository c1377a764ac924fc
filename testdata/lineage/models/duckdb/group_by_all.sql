MODEL (
  name duckdb.group_by_all,
  kind FULL,
  dialect duckdb
);

SELECT region, status, COUNT(DISTINCT customer_id) AS customers FROM raw.customers GROUP BY ALL
