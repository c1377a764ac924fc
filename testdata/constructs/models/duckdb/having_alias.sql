MODEL (
  name duckdb.having_alias,
  kind FULL,
  dialect duckdb
);

SELECT customer_id, SUM(amount) AS total FROM raw.orders GROUP BY customer_id HAVING total > 3
