MODEL (
  name spark.posexploded,
  kind FULL,
  dialect spark
);

SELECT e.id, t.place, t.tag FROM raw.events AS e LATERAL VIEW POSEXPLODE(e.tags) t AS place, tag
