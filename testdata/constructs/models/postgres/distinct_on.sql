MODEL (
  name postgres.distinct_on,
  kind FULL,
  dialect postgres
);

SELECT DISTINCT ON (customer_id) customer_id, id, amount FROM raw.orders ORDER BY customer_id, placed DESC
