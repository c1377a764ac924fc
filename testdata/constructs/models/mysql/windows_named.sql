MODEL (
  name mysql.windows_named,
  kind FULL,
  dialect mysql
);

SELECT id, SUM(amount) OVER w AS running FROM raw.orders WINDOW w AS (PARTITION BY customer_id ORDER BY placed)
