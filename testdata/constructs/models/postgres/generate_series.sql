MODEL (
  name postgres.generate_series,
  kind FULL,
  dialect postgres
);

SELECT g.n, o.amount FROM GENERATE_SERIES(1, 3) AS g(n) JOIN raw.orders AS o ON o.id = g.n
