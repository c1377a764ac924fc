MODEL (
  name bigquery.set_intersect,
  kind FULL,
  dialect bigquery
);

SELECT customer_id FROM raw.orders
INTERSECT DISTINCT
SELECT customer_id FROM raw.customers
