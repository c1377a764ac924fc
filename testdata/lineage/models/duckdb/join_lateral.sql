MODEL (
  name duckdb.join_lateral,
  kind FULL,
  dialect duckdb
);

SELECT c.name, latest.amount
FROM raw.customers AS c
CROSS JOIN LATERAL (
  SELECT o.amount FROM raw.orders AS o WHERE o.customer_id = c.customer_id ORDER BY o.placed DESC LIMIT 1
) AS latest
