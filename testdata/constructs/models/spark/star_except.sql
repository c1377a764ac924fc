MODEL (
  name spark.star_except,
  kind FULL,
  dialect spark
);

SELECT * EXCEPT (status) FROM raw.orders
