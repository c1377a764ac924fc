MODEL (
  name duckdb.comma_join,
  kind FULL,
  dialect duckdb
);

SELECT a.name, b.product FROM raw.customers AS a, raw.lines AS b, (SELECT 1 AS one) AS c WHERE a.customer_id = b.order_id
