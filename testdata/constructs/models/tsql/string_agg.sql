MODEL (
  name tsql.string_agg,
  kind FULL,
  dialect tsql
);

SELECT customer_id, STRING_AGG(status, ',') WITHIN GROUP (ORDER BY placed) AS statuses
FROM raw.orders GROUP BY customer_id
