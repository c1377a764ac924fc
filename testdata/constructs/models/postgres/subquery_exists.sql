MODEL (
  name postgres.subquery_exists,
  kind FULL,
  dialect postgres
);

SELECT o.id FROM raw.orders AS o WHERE EXISTS (SELECT 1 FROM raw.customers AS c WHERE c.customer_id = o.customer_id)
