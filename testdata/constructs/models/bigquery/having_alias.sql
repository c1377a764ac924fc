MODEL (
  name bigquery.having_alias,
  kind FULL,
  dialect bigquery
);

SELECT customer_id, SUM(amount) AS total FROM raw.orders GROUP BY customer_id HAVING total > 10
