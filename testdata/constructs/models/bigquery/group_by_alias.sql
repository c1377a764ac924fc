MODEL (
  name bigquery.group_by_alias,
  kind FULL,
  dialect bigquery
);

SELECT UPPER(status) AS kind, SUM(amount) AS total FROM raw.orders GROUP BY kind
