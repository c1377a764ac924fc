MODEL (
  name trino.join_using,
  kind FULL,
  dialect trino
);

SELECT customer_id, o.id, c.name FROM raw.orders AS o JOIN raw.customers AS c USING (customer_id)
