MODEL (
  name bigquery.qualified_rows,
  kind FULL,
  dialect bigquery
);

SELECT id, amount FROM raw.orders WHERE TRUE QUALIFY ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY placed) = 1
