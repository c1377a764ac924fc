MODEL (
  name duckdb.cte_columns_renamed,
  kind FULL,
  dialect duckdb
);

WITH renamed (key, value) AS (
  SELECT id, amount FROM raw.orders
)
SELECT key, value, r.value + 1 AS more FROM renamed AS r
