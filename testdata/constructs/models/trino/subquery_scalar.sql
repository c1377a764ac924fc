MODEL (
  name trino.subquery_scalar,
  kind FULL,
  dialect trino
);

SELECT id, (SELECT MAX(amount) FROM raw.orders) AS most FROM raw.orders
