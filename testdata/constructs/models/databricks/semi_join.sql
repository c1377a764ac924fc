MODEL (
  name databricks.semi_join,
  kind FULL,
  dialect databricks
);

SELECT o.id FROM raw.orders AS o LEFT SEMI JOIN raw.customers AS c ON o.customer_id = c.customer_id
