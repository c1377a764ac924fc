MODEL (
  name postgres.set_intersect,
  kind FULL,
  dialect postgres
);

SELECT customer_id FROM raw.orders
INTERSECT
SELECT customer_id FROM raw.customers
