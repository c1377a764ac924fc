MODEL (
  name duckdb.positional_join,
  kind FULL,
  dialect duckdb
);

SELECT o.id, c.name FROM raw.orders AS o POSITIONAL JOIN raw.customers AS c
