MODEL (
  name duckdb.pivot_keys,
  kind FULL,
  dialect duckdb
);

SELECT * FROM (SELECT id, status, placed, amount FROM raw.orders) PIVOT (SUM(amount) AS total FOR status IN ('open', 'done') placed IN ('2024-01-01') GROUP BY id)
