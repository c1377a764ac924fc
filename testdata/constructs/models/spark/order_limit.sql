MODEL (
  name spark.order_limit,
  kind FULL,
  dialect spark
);

SELECT id, amount AS a FROM raw.orders ORDER BY a DESC LIMIT 10
