MODEL (
  name mysql.having_alias,
  kind FULL,
  dialect mysql
);

SELECT customer_id, SUM(amount) AS total FROM raw.orders GROUP BY customer_id HAVING total > 10
