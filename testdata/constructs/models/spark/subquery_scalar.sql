MODEL (
  name spark.subquery_scalar,
  kind FULL,
  dialect spark
);

SELECT id, (SELECT MAX(amount) FROM raw.orders) AS most FROM raw.orders
