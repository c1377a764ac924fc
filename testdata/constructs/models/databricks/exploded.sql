MODEL (
  name databricks.exploded,
  kind FULL,
  dialect databricks
);

SELECT id, EXPLODE(tags) AS tag FROM raw.events
