MODEL (
  name duckdb.file_named,
  kind FULL,
  dialect duckdb
);

SELECT id FROM 'data/people.parquet'
