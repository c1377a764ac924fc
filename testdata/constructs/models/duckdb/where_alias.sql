MODEL (
  name duckdb.where_alias,
  kind FULL,
  dialect duckdb
);

SELECT amount * 2 AS twice FROM raw.orders WHERE twice > 3
