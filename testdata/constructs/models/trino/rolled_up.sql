MODEL (
  name trino.rolled_up,
  kind FULL,
  dialect trino
);

SELECT status, customer_id, SUM(amount) AS total FROM raw.orders GROUP BY ROLLUP (status, customer_id)
