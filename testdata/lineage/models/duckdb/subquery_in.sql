MODEL (
  name duckdb.subquery_in,
  kind FULL,
  dialect duckdb
);

SELECT name, region IN (SELECT product FROM raw.lines) AS odd
FROM raw.customers
WHERE customer_id IN (SELECT customer_id FROM raw.orders WHERE status = 'open')
