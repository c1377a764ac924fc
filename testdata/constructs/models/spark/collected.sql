MODEL (
  name spark.collected,
  kind FULL,
  dialect spark
);

SELECT customer_id, COLLECT_LIST(STRUCT(id, amount)) AS orders, FIRST(status) AS status
FROM raw.orders GROUP BY customer_id
