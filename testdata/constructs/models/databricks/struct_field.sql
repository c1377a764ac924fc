MODEL (
  name databricks.struct_field,
  kind FULL,
  dialect databricks
);

SELECT place.city AS city, attributes['kind'] AS kind, tags[0] AS first FROM raw.events
