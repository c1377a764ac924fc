MODEL (
  name spark.cubed,
  kind FULL,
  dialect spark
);

SELECT status, customer_id, SUM(amount) AS total FROM raw.orders GROUP BY CUBE (status, customer_id)
