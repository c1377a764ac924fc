MODEL (
  name spark.lateral_view_unqualified,
  kind FULL,
  dialect spark
);

SELECT id, tag FROM raw.events LATERAL VIEW EXPLODE(tags) AS tag
