MODEL (
  name duckdb.pivoted,
  kind FULL,
  dialect duckdb
);

SELECT * FROM (SELECT customer_id, status, amount FROM raw.orders)
PIVOT (SUM(amount) AS total, COUNT(*) AS n FOR status IN ('open', 'closed' AS done))
