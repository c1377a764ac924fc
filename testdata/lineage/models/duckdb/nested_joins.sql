MODEL (
  name duckdb.nested_joins,
  kind FULL,
  dialect duckdb
);

SELECT a.name, b.amount, l.product
FROM raw.customers AS a
LEFT JOIN (raw.orders AS b JOIN raw.lines AS l ON b.id = l.order_id) ON a.customer_id = b.customer_id
