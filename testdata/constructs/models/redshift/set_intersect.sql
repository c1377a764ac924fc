MODEL (
  name redshift.set_intersect,
  kind FULL,
  dialect redshift
);

SELECT customer_id FROM raw.orders
INTERSECT
SELECT customer_id FROM raw.customers
