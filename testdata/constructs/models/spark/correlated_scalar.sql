MODEL (
  name spark.correlated_scalar,
  kind FULL,
  dialect spark
);

SELECT c.customer_id, (SELECT MAX(o.amount) FROM raw.orders AS o WHERE o.customer_id = c.customer_id) AS most FROM raw.customers AS c
