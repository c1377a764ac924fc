MODEL (
  name spark.distinct_rows,
  kind FULL,
  dialect spark
);

SELECT DISTINCT status, customer_id FROM raw.orders
