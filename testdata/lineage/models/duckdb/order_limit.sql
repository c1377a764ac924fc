MODEL (
  name duckdb.order_limit,
  kind FULL,
  dialect duckdb
);

SELECT id, amount FROM raw.orders ORDER BY placed LIMIT 10
