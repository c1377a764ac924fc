MODEL (
  name duckdb.star_qualified,
  kind FULL,
  dialect duckdb
);

SELECT l.*, o.status
FROM raw.orders AS o
JOIN raw.lines AS l ON l.order_id = o.id
