MODEL (
  name postgres.unqualified,
  kind FULL,
  dialect postgres
);

SELECT id, name, region, o.status FROM raw.orders AS o JOIN raw.customers AS c ON o.customer_id = c.customer_id
