MODEL (
  name duckdb.columns_renamed,
  kind FULL,
  dialect duckdb
);

SELECT COLUMNS('^c_(.*)') AS 'v_\1' FROM (SELECT id AS c_id, amount AS c_amount, status FROM raw.orders) AS o
