MODEL (
  name duckdb.columns_lambda,
  kind FULL,
  dialect duckdb
);

SELECT MAX(COLUMNS(c -> c LIKE '%amount')) FROM (SELECT id, amount AS c_amount FROM raw.orders) AS o
