MODEL (
  name duckdb.pivot_keys_aliased,
  kind FULL,
  dialect duckdb
);

SELECT * FROM (SELECT id, status, customer_id, amount FROM raw.orders)
PIVOT (SUM(amount) AS total, MAX(id) FOR status IN ('open' AS o, 'done') customer_id IN (1 AS one, 2))
