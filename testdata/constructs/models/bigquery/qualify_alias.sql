MODEL (
  name bigquery.qualify_alias,
  kind FULL,
  dialect bigquery
);

SELECT id, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY placed) AS place FROM raw.orders QUALIFY place = 1
