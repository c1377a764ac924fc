MODEL (
  name duckdb.list_comprehension,
  kind FULL,
  dialect duckdb
);

SELECT id, [x + amount for x in [id, customer_id] if x > 1] AS shifted FROM raw.orders
