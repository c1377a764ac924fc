MODEL (
  name spark.anti_join,
  kind FULL,
  dialect spark
);

SELECT o.id, o.amount FROM raw.orders AS o LEFT ANTI JOIN raw.customers AS c ON o.customer_id = c.customer_id
