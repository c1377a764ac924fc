MODEL (
  name duckdb.windows_named,
  kind FULL,
  dialect duckdb
);

SELECT id, SUM(amount) OVER w AS running, AVG(amount) OVER (w ROWS 3 PRECEDING) AS smooth
FROM raw.orders
WINDOW w AS (PARTITION BY customer_id ORDER BY placed)
