MODEL (
  name spark.sorted_parts,
  kind FULL,
  dialect spark
);

SELECT id, amount FROM raw.orders DISTRIBUTE BY customer_id SORT BY amount DESC
