MODEL (
  name duckdb.pivot_keys_columns,
  kind FULL,
  dialect duckdb
);

SELECT * FROM (SELECT id, status, customer_id, amount FROM raw.orders) PIVOT (SUM(amount) AS total, MAX(amount) AS most FOR status IN ('open', 'done') customer_id IN (1, 2))
