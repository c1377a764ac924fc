MODEL (
  name trino.join_lateral,
  kind FULL,
  dialect trino
);

SELECT c.name, l.id
FROM raw.customers AS c CROSS JOIN LATERAL (SELECT o.id FROM raw.orders AS o WHERE o.customer_id = c.customer_id) AS l
