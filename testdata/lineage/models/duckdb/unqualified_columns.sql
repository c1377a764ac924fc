MODEL (
  name duckdb.unqualified_columns,
  kind FULL,
  dialect duckdb
);

SELECT name, product, amount FROM raw.customers JOIN raw.orders ON customers.customer_id = orders.customer_id JOIN raw.lines ON id = order_id
