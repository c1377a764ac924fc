MODEL (
  name spark.unqualified,
  kind FULL,
  dialect spark
);

SELECT id, name, region, o.status FROM raw.orders AS o JOIN raw.customers AS c ON o.customer_id = c.customer_id
