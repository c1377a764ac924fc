MODEL (
  name bigquery.star_replace,
  kind FULL,
  dialect bigquery
);

SELECT * REPLACE (amount * 2 AS amount) FROM raw.orders
