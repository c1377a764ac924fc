MODEL (
  name duckdb.range_function,
  kind FULL,
  dialect duckdb
);

SELECT r.n, o.amount FROM RANGE(1, 3) AS r(n) JOIN raw.orders AS o ON o.id = r.n
