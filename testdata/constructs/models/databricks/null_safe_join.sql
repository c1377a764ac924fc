MODEL (
  name databricks.null_safe_join,
  kind FULL,
  dialect databricks
);

SELECT o.id, c.name FROM raw.orders AS o JOIN raw.customers AS c ON o.status <=> c.status
