MODEL (
  name bigquery.subquery_scalar,
  kind FULL,
  dialect bigquery
);

SELECT id, (SELECT MAX(amount) FROM raw.orders) AS most FROM raw.orders
