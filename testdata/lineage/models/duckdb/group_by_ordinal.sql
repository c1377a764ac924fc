MODEL (
  name duckdb.group_by_ordinal,
  kind FULL,
  dialect duckdb
);

SELECT status, customer_id % 10 AS bucket, SUM(amount) AS total FROM raw.orders GROUP BY 1, 2
