MODEL (
  name databricks.unpivoted,
  kind FULL,
  dialect databricks
);

SELECT id, quarter, volume FROM raw.quarters UNPIVOT (volume FOR quarter IN (q1, q2))
