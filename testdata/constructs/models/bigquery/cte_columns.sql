MODEL (
  name bigquery.cte_columns,
  kind FULL,
  dialect bigquery
);

WITH totals (who, total) AS (SELECT customer_id, SUM(amount) FROM raw.orders GROUP BY customer_id)
SELECT who, total FROM totals
