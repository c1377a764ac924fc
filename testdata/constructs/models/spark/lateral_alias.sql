MODEL (
  name spark.lateral_alias,
  kind FULL,
  dialect spark
);

SELECT amount * 2 AS twice, twice + 1 AS more FROM raw.orders
