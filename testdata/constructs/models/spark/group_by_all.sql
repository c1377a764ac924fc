MODEL (
  name spark.group_by_all,
  kind FULL,
  dialect spark
);

SELECT region, name, COUNT(*) AS n FROM raw.customers GROUP BY ALL
