MODEL (
  name duckdb.columns_unpacked,
  kind FULL,
  dialect duckdb
);

SELECT id, COALESCE(*COLUMNS('^c_')) AS first_known FROM (SELECT id, amount AS c_amount, id AS c_id FROM raw.orders) AS o
