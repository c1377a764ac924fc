MODEL (
  name postgres.rolled_up,
  kind FULL,
  dialect postgres
);

SELECT status, customer_id, SUM(amount) AS total FROM raw.orders GROUP BY ROLLUP (status, customer_id)
