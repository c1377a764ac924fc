MODEL (
  name duckdb.ctes,
  kind FULL,
  dialect duckdb
);

WITH recent AS (
  SELECT id, customer_id, amount * 2 AS doubled FROM raw.orders WHERE placed > '2024-01-01'
), totals AS (
  SELECT customer_id, SUM(doubled) AS total FROM recent GROUP BY customer_id
), unused AS (
  SELECT name FROM raw.customers
)
SELECT recent.id, totals.total, recent.doubled / totals.total AS share
FROM recent
JOIN totals ON recent.customer_id = totals.customer_id
