MODEL (
  name bigquery.set_operations,
  kind FULL,
  dialect bigquery
);

SELECT id AS k, status FROM raw.orders
UNION ALL
SELECT customer_id, name FROM raw.customers
UNION DISTINCT
SELECT parent_id, region FROM raw.customers
