MODEL (
  name postgres.subquery_scalar,
  kind FULL,
  dialect postgres
);

SELECT id, (SELECT MAX(amount) FROM raw.orders) AS most FROM raw.orders
