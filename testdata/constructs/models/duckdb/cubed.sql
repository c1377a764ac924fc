MODEL (
  name duckdb.cubed,
  kind FULL,
  dialect duckdb
);

SELECT status, customer_id, SUM(amount) AS total FROM raw.orders GROUP BY CUBE (status, customer_id)
