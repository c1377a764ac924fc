MODEL (
  name duckdb.columns_call,
  kind FULL,
  dialect duckdb
);

SELECT MIN(COLUMNS('id|amount')) FROM raw.orders
