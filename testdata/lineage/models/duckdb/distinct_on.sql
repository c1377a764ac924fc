MODEL (
  name duckdb.distinct_on,
  kind FULL,
  dialect duckdb
);

SELECT DISTINCT ON (customer_id) customer_id, id, amount FROM raw.orders ORDER BY customer_id, placed DESC
