MODEL (
  name duckdb.qualified,
  kind FULL,
  dialect duckdb
);

SELECT id, customer_id, amount, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY placed DESC) AS nth
FROM raw.orders
QUALIFY nth = 1
