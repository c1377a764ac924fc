MODEL (
  name bigquery.having_clause,
  kind FULL,
  dialect bigquery
);

SELECT customer_id, SUM(amount) AS total
FROM raw.orders GROUP BY customer_id HAVING SUM(amount) > 10 AND MIN(status) = 'a'
