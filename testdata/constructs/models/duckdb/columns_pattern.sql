MODEL (
  name duckdb.columns_pattern,
  kind FULL,
  dialect duckdb
);

SELECT COLUMNS('^c_') FROM (SELECT id AS c_id, amount AS c_amount, status FROM raw.orders) AS o
