MODEL (
  name duckdb.unnest_projection,
  kind FULL,
  dialect duckdb
);

SELECT id, UNNEST(tags) AS tag FROM raw.orders
