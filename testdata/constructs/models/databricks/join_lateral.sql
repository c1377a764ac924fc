MODEL (
  name databricks.join_lateral,
  kind FULL,
  dialect databricks
);

SELECT c.name, o.amount FROM raw.customers AS c, LATERAL (SELECT amount FROM raw.orders WHERE customer_id = c.customer_id) AS o
