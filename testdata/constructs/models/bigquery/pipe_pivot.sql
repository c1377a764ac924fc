MODEL (
  name bigquery.pipe_pivot,
  kind FULL,
  dialect bigquery
);

SELECT id, label, q1 FROM raw.quarters
|> PIVOT (SUM(q1) AS total FOR label IN ('a' AS first, 'b' AS second))
