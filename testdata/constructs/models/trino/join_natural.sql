MODEL (
  name trino.join_natural,
  kind FULL,
  dialect trino
);

SELECT o.id, price FROM raw.orders AS o NATURAL JOIN raw.prices AS p
