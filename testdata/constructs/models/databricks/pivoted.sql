MODEL (
  name databricks.pivoted,
  kind FULL,
  dialect databricks
);

SELECT * FROM (SELECT id, label, q1 FROM raw.quarters) PIVOT (SUM(q1) FOR label IN ('a' AS first, 'b' AS second))
