MODEL (
  name databricks.windows_named,
  kind FULL,
  dialect databricks
);

SELECT id, SUM(amount) OVER w AS running FROM raw.orders WINDOW w AS (PARTITION BY customer_id ORDER BY placed)
