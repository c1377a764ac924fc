MODEL (
  name databricks.colon_path,
  kind FULL,
  dialect databricks
);

SELECT id, status:first.second AS inner FROM raw.orders
