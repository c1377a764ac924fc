MODEL (
  name postgres.star,
  kind FULL,
  dialect postgres
);

SELECT * FROM raw.orders
