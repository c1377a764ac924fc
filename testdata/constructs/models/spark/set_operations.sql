MODEL (
  name spark.set_operations,
  kind FULL,
  dialect spark
);

SELECT id AS k, status FROM raw.orders
UNION ALL
SELECT customer_id, name FROM raw.customers
UNION
SELECT parent_id, region FROM raw.customers
