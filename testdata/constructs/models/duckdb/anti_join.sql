MODEL (
  name duckdb.anti_join,
  kind FULL,
  dialect duckdb
);

SELECT id, amount FROM raw.orders ANTI JOIN raw.customers USING (customer_id)
