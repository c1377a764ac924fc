MODEL (
  name tsql.outer_apply,
  kind FULL,
  dialect tsql
);

SELECT c.name, l.id
FROM raw.customers AS c OUTER APPLY (SELECT TOP 1 o.id FROM raw.orders AS o WHERE o.customer_id = c.customer_id ORDER BY o.placed) AS l
