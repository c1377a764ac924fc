MODEL (
  name tsql.star,
  kind FULL,
  dialect tsql
);

SELECT * FROM raw.orders
