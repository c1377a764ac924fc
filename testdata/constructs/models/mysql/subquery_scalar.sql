MODEL (
  name mysql.subquery_scalar,
  kind FULL,
  dialect mysql
);

SELECT c.name, (SELECT MAX(o.amount) FROM raw.orders AS o WHERE o.customer_id = c.customer_id) AS most FROM raw.customers AS c
