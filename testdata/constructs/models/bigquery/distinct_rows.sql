MODEL (
  name bigquery.distinct_rows,
  kind FULL,
  dialect bigquery
);

SELECT DISTINCT status, customer_id FROM raw.orders
