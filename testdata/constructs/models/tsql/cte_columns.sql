MODEL (
  name tsql.cte_columns,
  kind FULL,
  dialect tsql
);

WITH totals (who, total) AS (SELECT customer_id, SUM(amount) FROM raw.orders GROUP BY customer_id)
SELECT who, total FROM totals
