MODEL (
  name duckdb.set_by_name,
  kind FULL,
  dialect duckdb
);

SELECT id AS key, status FROM raw.orders
UNION ALL BY NAME
SELECT name AS status, customer_id AS key FROM raw.customers
