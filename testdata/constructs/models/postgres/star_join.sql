MODEL (
  name postgres.star_join,
  kind FULL,
  dialect postgres
);

SELECT o.*, c.name FROM raw.orders AS o JOIN raw.customers AS c ON o.customer_id = c.customer_id
