MODEL (
  name bigquery.correlated_exists,
  kind FULL,
  dialect bigquery
);

SELECT c.customer_id FROM raw.customers AS c WHERE EXISTS(SELECT 1 FROM raw.orders AS o WHERE o.customer_id = c.customer_id AND o.amount > 5)
