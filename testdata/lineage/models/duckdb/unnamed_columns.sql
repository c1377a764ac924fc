MODEL (
  name duckdb.unnamed_columns,
  kind FULL,
  dialect duckdb
);

SELECT amount::INT, o.id, (status) FROM raw.orders AS o
