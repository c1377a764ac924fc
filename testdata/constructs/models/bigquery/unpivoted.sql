MODEL (
  name bigquery.unpivoted,
  kind FULL,
  dialect bigquery
);

SELECT * FROM (SELECT id, q1, q2 FROM raw.quarters) UNPIVOT (volume FOR quarter IN (q1, q2))
