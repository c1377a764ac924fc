MODEL (
  name postgres.distinct_rows,
  kind FULL,
  dialect postgres
);

SELECT DISTINCT status, customer_id FROM raw.orders
