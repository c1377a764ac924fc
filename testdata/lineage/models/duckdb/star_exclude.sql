MODEL (
  name duckdb.star_exclude,
  kind FULL,
  dialect duckdb
);

SELECT * EXCLUDE (address, tags), tags AS labels FROM raw.orders
