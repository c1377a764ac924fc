MODEL (
  name duckdb.case_expression,
  kind FULL,
  dialect duckdb
);

SELECT CASE status WHEN 'open' THEN amount ELSE 0 END AS open_amount,
  CASE WHEN placed > '2024-01-01' THEN 'new' END AS age,
  COALESCE(status, 'none') AS state,
  CAST(amount AS INT)::TEXT AS text
FROM raw.orders
