MODEL (
  name trino.cubed,
  kind FULL,
  dialect trino
);

SELECT status, customer_id, SUM(amount) AS total FROM raw.orders GROUP BY CUBE (status, customer_id)
