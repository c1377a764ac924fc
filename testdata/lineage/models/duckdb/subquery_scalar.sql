MODEL (
  name duckdb.subquery_scalar,
  kind FULL,
  dialect duckdb
);

SELECT
  c.name,
  (SELECT MAX(o.amount) FROM raw.orders AS o WHERE o.customer_id = c.customer_id) AS largest,
  (SELECT COUNT(*) FROM raw.lines) AS all_lines
FROM raw.customers AS c
