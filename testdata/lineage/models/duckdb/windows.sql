MODEL (
  name duckdb.windows,
  kind FULL,
  dialect duckdb
);

SELECT
  id,
  SUM(amount) OVER (PARTITION BY customer_id ORDER BY placed) AS running,
  LAG(status, 1) OVER w AS previous,
  ROW_NUMBER() OVER w AS nth
FROM raw.orders
WINDOW w AS (PARTITION BY customer_id ORDER BY placed)
