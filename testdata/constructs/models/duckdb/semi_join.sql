MODEL (
  name duckdb.semi_join,
  kind FULL,
  dialect duckdb
);

SELECT o.id FROM raw.orders AS o SEMI JOIN raw.customers AS c ON o.customer_id = c.customer_id
