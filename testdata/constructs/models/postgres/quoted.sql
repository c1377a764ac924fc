MODEL (
  name postgres.quoted,
  kind FULL,
  dialect postgres
);

SELECT id AS "Id", "amount" AS "The Amount" FROM raw.orders
