MODEL (
  name postgres.cubed,
  kind FULL,
  dialect postgres
);

SELECT status, customer_id, SUM(amount) AS total FROM raw.orders GROUP BY CUBE (status, customer_id)
