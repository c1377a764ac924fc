MODEL (
  name redshift.distinct_rows,
  kind FULL,
  dialect redshift
);

SELECT DISTINCT status, customer_id FROM raw.orders
