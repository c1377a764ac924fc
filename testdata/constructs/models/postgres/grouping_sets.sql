MODEL (
  name postgres.grouping_sets,
  kind FULL,
  dialect postgres
);

SELECT status, customer_id, SUM(amount) AS total FROM raw.orders GROUP BY GROUPING SETS ((status), (customer_id), ())
