MODEL (
  name duckdb.order_by_alias,
  kind FULL,
  dialect duckdb
);

SELECT id, -amount AS amount FROM raw.orders ORDER BY amount LIMIT 3
