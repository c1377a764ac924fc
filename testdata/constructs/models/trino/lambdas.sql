MODEL (
  name trino.lambdas,
  kind FULL,
  dialect trino
);

SELECT id, TRANSFORM(ARRAY[id, customer_id], x -> x + amount) AS shifted FROM raw.orders
