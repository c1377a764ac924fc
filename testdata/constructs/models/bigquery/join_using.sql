MODEL (
  name bigquery.join_using,
  kind FULL,
  dialect bigquery
);

SELECT customer_id, o.id, c.name FROM raw.orders AS o JOIN raw.customers AS c USING (customer_id)
