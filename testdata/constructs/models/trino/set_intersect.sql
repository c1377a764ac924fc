MODEL (
  name trino.set_intersect,
  kind FULL,
  dialect trino
);

SELECT customer_id FROM raw.orders
INTERSECT
SELECT customer_id FROM raw.customers
