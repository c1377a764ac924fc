MODEL (
  name duckdb.file_scanned,
  kind FULL,
  dialect duckdb
);

SELECT id FROM parquet_scan('data/x.parquet')
