MODEL (
  name spark.windows_named,
  kind FULL,
  dialect spark
);

SELECT id, SUM(amount) OVER w AS running FROM raw.orders WINDOW w AS (PARTITION BY customer_id ORDER BY placed)
