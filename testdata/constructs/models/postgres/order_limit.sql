MODEL (
  name postgres.order_limit,
  kind FULL,
  dialect postgres
);

SELECT id, amount AS a FROM raw.orders ORDER BY a DESC LIMIT 10
