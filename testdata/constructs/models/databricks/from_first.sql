MODEL (
  name databricks.from_first,
  kind FULL,
  dialect databricks
);

FROM raw.orders SELECT id, amount
