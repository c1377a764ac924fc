MODEL (
  name duckdb.star,
  kind FULL,
  dialect duckdb
);

SELECT * FROM raw.lines
