MODEL (
  name redshift.rolled_up,
  kind FULL,
  dialect redshift
);

SELECT status, customer_id, SUM(amount) AS total FROM raw.orders GROUP BY ROLLUP (status, customer_id)
