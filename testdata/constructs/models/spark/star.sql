MODEL (
  name spark.star,
  kind FULL,
  dialect spark
);

SELECT * FROM raw.orders
