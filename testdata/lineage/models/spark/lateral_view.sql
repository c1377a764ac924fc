MODEL (
  name spark.lateral_view,
  kind FULL,
  dialect spark
);

SELECT e.id, t.tag, m.key, m.value
FROM raw.events AS e
LATERAL VIEW EXPLODE(e.tags) t AS tag
LATERAL VIEW OUTER EXPLODE(e.attributes) m AS key, value
