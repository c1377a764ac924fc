MODEL (
  name databricks.lateral_alias,
  kind FULL,
  dialect databricks
);

SELECT amount * 2 AS twice, twice + 1 AS more FROM raw.orders
