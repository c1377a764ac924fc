MODEL (
  name mysql.join_using,
  kind FULL,
  dialect mysql
);

SELECT o.id, c.name FROM raw.orders AS o JOIN raw.customers AS c USING (customer_id)
