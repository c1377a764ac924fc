MODEL (
  name tsql.set_intersect,
  kind FULL,
  dialect tsql
);

SELECT customer_id FROM raw.orders
INTERSECT
SELECT customer_id FROM raw.customers
