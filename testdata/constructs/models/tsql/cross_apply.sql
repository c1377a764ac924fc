MODEL (
  name tsql.cross_apply,
  kind FULL,
  dialect tsql
);

SELECT c.name, l.id
FROM raw.customers AS c CROSS APPLY (SELECT o.id FROM raw.orders AS o WHERE o.customer_id = c.customer_id) AS l
