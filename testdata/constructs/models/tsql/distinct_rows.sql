MODEL (
  name tsql.distinct_rows,
  kind FULL,
  dialect tsql
);

SELECT DISTINCT status, customer_id FROM raw.orders
