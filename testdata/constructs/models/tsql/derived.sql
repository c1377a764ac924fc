MODEL (
  name tsql.derived,
  kind FULL,
  dialect tsql
);

SELECT d.who, d.total + 1 AS more
FROM (SELECT customer_id AS who, SUM(amount) AS total FROM raw.orders GROUP BY customer_id) AS d WHERE d.total > 0
