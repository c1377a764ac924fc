MODEL (
  name trino.windows_named,
  kind FULL,
  dialect trino
);

SELECT id, SUM(amount) OVER w AS running FROM raw.orders WINDOW w AS (PARTITION BY customer_id ORDER BY placed)
