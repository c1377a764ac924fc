MODEL (
  name trino.order_limit,
  kind FULL,
  dialect trino
);

SELECT id, amount AS a FROM raw.orders ORDER BY a DESC LIMIT 10
