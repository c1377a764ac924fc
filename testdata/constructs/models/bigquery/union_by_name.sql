MODEL (
  name bigquery.union_by_name,
  kind FULL,
  dialect bigquery
);

SELECT id, customer_id FROM raw.orders
UNION ALL BY NAME
SELECT customer_id, parent_id AS id FROM raw.customers
