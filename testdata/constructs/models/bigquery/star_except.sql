MODEL (
  name bigquery.star_except,
  kind FULL,
  dialect bigquery
);

SELECT * EXCEPT (amount, status) FROM raw.orders
