MODEL (
  name spark.lambdas,
  kind FULL,
  dialect spark
);

SELECT id, TRANSFORM(tags, t -> CONCAT(t, id)) AS marked FROM raw.events
