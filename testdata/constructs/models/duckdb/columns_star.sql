MODEL (
  name duckdb.columns_star,
  kind FULL,
  dialect duckdb
);

SELECT COLUMNS(* EXCLUDE (status)) FROM raw.orders
