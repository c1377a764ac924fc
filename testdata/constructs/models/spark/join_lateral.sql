MODEL (
  name spark.join_lateral,
  kind FULL,
  dialect spark
);

SELECT c.name, o.amount FROM raw.customers AS c, LATERAL (SELECT amount FROM raw.orders WHERE customer_id = c.customer_id) AS o
