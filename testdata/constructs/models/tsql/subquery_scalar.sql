MODEL (
  name tsql.subquery_scalar,
  kind FULL,
  dialect tsql
);

SELECT id, (SELECT MAX(amount) FROM raw.orders) AS most FROM raw.orders
