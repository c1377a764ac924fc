MODEL (
  name bigquery.group_by_all,
  kind FULL,
  dialect bigquery
);

SELECT status, SUM(amount) AS total FROM raw.orders GROUP BY ALL
