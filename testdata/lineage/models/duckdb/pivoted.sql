MODEL (
  name duckdb.pivoted,
  kind FULL,
  dialect duckdb
);

SELECT * FROM (SELECT customer_id, status, amount FROM raw.orders)
PIVOT (SUM(amount) FOR status IN ('open', 'closed') GROUP BY customer_id)
