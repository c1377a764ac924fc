MODEL (
  name bigquery.star,
  kind FULL,
  dialect bigquery
);

SELECT * FROM raw.orders
