MODEL (
  name spark.semi_join,
  kind FULL,
  dialect spark
);

SELECT e.id FROM raw.events AS e LEFT SEMI JOIN raw.orders AS o ON e.id = o.id
