MODEL (
  name duckdb.star_like,
  kind FULL,
  dialect duckdb
);

SELECT * LIKE '%d%' FROM raw.orders
