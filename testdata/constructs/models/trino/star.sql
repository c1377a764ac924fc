MODEL (
  name trino.star,
  kind FULL,
  dialect trino
);

SELECT * FROM raw.orders
