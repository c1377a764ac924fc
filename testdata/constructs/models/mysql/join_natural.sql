MODEL (
  name mysql.join_natural,
  kind FULL,
  dialect mysql
);

SELECT id, price FROM raw.orders NATURAL JOIN raw.prices
