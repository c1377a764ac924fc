MODEL (
  name spark.subquery_in,
  kind FULL,
  dialect spark
);

SELECT id, amount FROM raw.orders WHERE customer_id IN (SELECT customer_id FROM raw.customers WHERE region = 'x')
