MODEL (
  name tsql.comma_join,
  kind FULL,
  dialect tsql
);

SELECT o.id, c.name FROM raw.orders AS o, raw.customers AS c WHERE o.customer_id = c.customer_id
