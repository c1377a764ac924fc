MODEL (
  name tsql.equals_alias,
  kind FULL,
  dialect tsql
);

SELECT twice = amount * 2, id FROM raw.orders
