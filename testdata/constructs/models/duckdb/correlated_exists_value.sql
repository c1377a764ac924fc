MODEL (
  name duckdb.correlated_exists_value,
  kind FULL,
  dialect duckdb
);

SELECT c.name, EXISTS (SELECT 1
FROM raw.orders AS o WHERE o.customer_id = c.customer_id) AS ordered FROM raw.customers AS c
