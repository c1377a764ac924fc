MODEL (
  name duckdb.from_first,
  kind FULL,
  dialect duckdb
);

FROM raw.lines SELECT product, price
