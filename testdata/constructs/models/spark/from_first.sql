MODEL (
  name spark.from_first,
  kind FULL,
  dialect spark
);

FROM raw.orders SELECT id, amount WHERE amount > 10
