MODEL (
  name spark.set_intersect,
  kind FULL,
  dialect spark
);

SELECT customer_id FROM raw.orders
INTERSECT
SELECT customer_id FROM raw.customers
