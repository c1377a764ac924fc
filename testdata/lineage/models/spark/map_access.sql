MODEL (
  name spark.map_access,
  kind FULL,
  dialect spark
);

SELECT attributes['k'] AS k, tags[0] AS first, id FROM raw.events
