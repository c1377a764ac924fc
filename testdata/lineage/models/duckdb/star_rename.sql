MODEL (
  name duckdb.star_rename,
  kind FULL,
  dialect duckdb
);

SELECT * RENAME (product AS article) FROM raw.lines
