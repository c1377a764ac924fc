MODEL (
  name bigquery.order_limit,
  kind FULL,
  dialect bigquery
);

SELECT id, amount AS a FROM raw.orders ORDER BY a DESC LIMIT 10
