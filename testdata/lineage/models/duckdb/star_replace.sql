MODEL (
  name duckdb.star_replace,
  kind FULL,
  dialect duckdb
);

SELECT * REPLACE (price * quantity AS price) FROM raw.lines
