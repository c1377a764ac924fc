MODEL (
  name databricks.star_except,
  kind FULL,
  dialect databricks
);

SELECT * EXCEPT (status, placed) FROM raw.orders
