MODEL (
  name trino.distinct_rows,
  kind FULL,
  dialect trino
);

SELECT DISTINCT status, customer_id FROM raw.orders
