MODEL (
  name spark.filter_clause,
  kind FULL,
  dialect spark
);

SELECT customer_id, SUM(amount) FILTER (WHERE status = 'paid') AS paid FROM raw.orders GROUP BY customer_id
