MODEL (
  name spark.unpivoted,
  kind FULL,
  dialect spark
);

SELECT * FROM (SELECT id, q1, q2 FROM raw.quarters) UNPIVOT (volume FOR quarter IN (q1, q2))
