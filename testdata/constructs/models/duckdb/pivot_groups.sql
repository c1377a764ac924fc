MODEL (
  name duckdb.pivot_groups,
  kind FULL,
  dialect duckdb
);

SELECT * FROM (SELECT id, status, placed, amount FROM raw.orders) PIVOT (SUM(amount) AS total FOR status IN ('open', 'done') GROUP BY placed)
