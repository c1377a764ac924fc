MODEL (
  name spark.range_function,
  kind FULL,
  dialect spark
);

SELECT r.id AS n FROM RANGE(10) AS r
