MODEL (
  name databricks.group_by_alias,
  kind FULL,
  dialect databricks
);

SELECT UPPER(region) AS area, COUNT(*) AS n FROM raw.customers GROUP BY area
