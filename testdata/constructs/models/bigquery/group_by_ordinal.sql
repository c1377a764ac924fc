MODEL (
  name bigquery.group_by_ordinal,
  kind FULL,
  dialect bigquery
);

SELECT status, customer_id AS who, COUNT(*) AS n, SUM(amount) AS total FROM raw.orders GROUP BY 1, 2
