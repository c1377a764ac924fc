MODEL (
  name duckdb.join_using_full,
  kind FULL,
  dialect duckdb
);

SELECT customer_id, c.name, o.amount
FROM raw.customers AS c
FULL JOIN raw.orders AS o USING (customer_id)
