MODEL (
  name duckdb.cross_product,
  kind FULL,
  dialect duckdb
);

SELECT c.name, o.amount FROM raw.customers AS c CROSS JOIN LATERAL (SELECT MAX(amount) AS amount FROM raw.orders AS o WHERE o.customer_id = c.customer_id) AS o
