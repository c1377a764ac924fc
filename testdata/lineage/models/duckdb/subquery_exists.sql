MODEL (
  name duckdb.subquery_exists,
  kind FULL,
  dialect duckdb
);

SELECT c.name, EXISTS(SELECT o.id FROM raw.orders AS o WHERE o.customer_id = c.customer_id) AS has_orders
FROM raw.customers AS c
WHERE EXISTS(SELECT 1 FROM raw.orders AS o WHERE o.customer_id = c.customer_id AND o.amount > 10)
