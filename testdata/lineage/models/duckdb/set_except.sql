MODEL (
  name duckdb.set_except,
  kind FULL,
  dialect duckdb
);

SELECT customer_id FROM raw.orders
EXCEPT
SELECT parent_id FROM raw.customers
