MODEL (
  name fabric.cross_apply,
  kind FULL,
  dialect fabric
);

SELECT c.name, o.amount FROM raw.customers AS c CROSS APPLY (SELECT TOP 1 amount FROM raw.orders WHERE customer_id = c.customer_id ORDER BY placed) AS o
