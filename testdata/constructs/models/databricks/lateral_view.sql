MODEL (
  name databricks.lateral_view,
  kind FULL,
  dialect databricks
);

SELECT e.id, k.tag FROM raw.events AS e LATERAL VIEW OUTER EXPLODE(e.tags) k AS tag
