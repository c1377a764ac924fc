MODEL (
  name databricks.file_read,
  kind FULL,
  dialect databricks
);

SELECT id, name FROM read_files('/data/people', format => 'csv')
