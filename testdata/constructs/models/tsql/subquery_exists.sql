MODEL (
  name tsql.subquery_exists,
  kind FULL,
  dialect tsql
);

SELECT o.id FROM raw.orders AS o WHERE EXISTS (SELECT 1 FROM raw.customers AS c WHERE c.customer_id = o.customer_id)
