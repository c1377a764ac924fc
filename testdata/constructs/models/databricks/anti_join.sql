MODEL (
  name databricks.anti_join,
  kind FULL,
  dialect databricks
);

SELECT o.id FROM raw.orders AS o LEFT ANTI JOIN raw.customers AS c ON o.customer_id = c.customer_id
