MODEL (
  name databricks.group_by_all,
  kind FULL,
  dialect databricks
);

SELECT region, name, COUNT(*) AS n FROM raw.customers GROUP BY ALL
