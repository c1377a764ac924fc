MODEL (
  name duckdb.join_using,
  kind FULL,
  dialect duckdb
);

SELECT customer_id, name, amount, o.status AS order_status
FROM raw.customers
JOIN raw.orders AS o USING (customer_id)
