MODEL (
  name duckdb.set_intersect,
  kind FULL,
  dialect duckdb
);

SELECT customer_id FROM raw.orders
INTERSECT
SELECT customer_id FROM raw.customers
