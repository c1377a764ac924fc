MODEL (
  name duckdb.aggregate_modifiers,
  kind FULL,
  dialect duckdb
);

SELECT
  customer_id,
  SUM(amount) FILTER (WHERE status = 'open') AS open_amount,
  STRING_AGG(status, ',' ORDER BY placed) AS history,
  COUNT(*) AS n
FROM raw.orders
GROUP BY customer_id
