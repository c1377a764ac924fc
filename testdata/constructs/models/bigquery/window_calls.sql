MODEL (
  name bigquery.window_calls,
  kind FULL,
  dialect bigquery
);

SELECT id, SUM(amount) OVER (PARTITION BY customer_id ORDER BY placed) AS running, ROW_NUMBER() OVER (PARTITION BY status ORDER BY amount DESC) AS place
FROM raw.orders
