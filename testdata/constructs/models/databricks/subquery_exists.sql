MODEL (
  name databricks.subquery_exists,
  kind FULL,
  dialect databricks
);

SELECT c.name FROM raw.customers AS c WHERE EXISTS (SELECT 1 FROM raw.orders AS o WHERE o.customer_id = c.customer_id)
