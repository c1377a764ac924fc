MODEL (
  name postgres.filter_clause,
  kind FULL,
  dialect postgres
);

SELECT customer_id, SUM(amount) FILTER (WHERE status = 'paid') AS paid FROM raw.orders GROUP BY customer_id
