MODEL (
  name duckdb.lambdas,
  kind FULL,
  dialect duckdb
);

SELECT id, LIST_TRANSFORM(tags, x -> UPPER(x) || status) AS marked FROM raw.orders
