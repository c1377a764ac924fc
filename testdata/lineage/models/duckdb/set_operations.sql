MODEL (
  name duckdb.set_operations,
  kind FULL,
  dialect duckdb
);

SELECT id AS key, status FROM raw.orders
UNION ALL
SELECT customer_id, name FROM raw.customers
UNION
SELECT order_id, product FROM raw.lines
