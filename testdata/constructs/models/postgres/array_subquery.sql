MODEL (
  name postgres.array_subquery,
  kind FULL,
  dialect postgres
);

SELECT customer_id, ARRAY(SELECT o.amount
FROM raw.orders AS o WHERE o.customer_id = c.customer_id) AS amounts FROM raw.customers AS c
