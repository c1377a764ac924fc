MODEL (
  name postgres.join_natural,
  kind FULL,
  dialect postgres
);

SELECT o.id, price FROM raw.orders AS o NATURAL JOIN raw.prices AS p
