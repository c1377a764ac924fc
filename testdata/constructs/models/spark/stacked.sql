MODEL (
  name spark.stacked,
  kind FULL,
  dialect spark
);

SELECT s.quarter, s.volume FROM raw.quarters LATERAL VIEW STACK(2, 'q1', q1, 'q2', q2) s AS quarter, volume
