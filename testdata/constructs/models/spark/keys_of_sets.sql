MODEL (
  name spark.keys_of_sets,
  kind FULL,
  dialect spark
);

SELECT region, name, COUNT(*) AS n FROM raw.customers GROUP BY region, name GROUPING SETS ((region, name), (region))
