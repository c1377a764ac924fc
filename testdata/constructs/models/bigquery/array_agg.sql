MODEL (
  name bigquery.array_agg,
  kind FULL,
  dialect bigquery
);

SELECT customer_id, ARRAY_AGG(STRUCT(id, amount) ORDER BY placed LIMIT 3) AS last FROM raw.orders GROUP BY customer_id
