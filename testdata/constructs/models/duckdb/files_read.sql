MODEL (
  name duckdb.files_read,
  kind FULL,
  dialect duckdb
);

SELECT f.id, f.amount * 2 AS twice FROM read_parquet(['a.parquet', 'it''s.parquet'], hive_partitioning = true) AS f
