MODEL (
  name spark.exploded,
  kind FULL,
  dialect spark
);

SELECT id, EXPLODE(tags) AS tag FROM raw.events
