MODEL (
  name bigquery.any_value_having,
  kind FULL,
  dialect bigquery
);

SELECT customer_id, ANY_VALUE(id HAVING MAX amount) AS biggest FROM raw.orders GROUP BY customer_id
