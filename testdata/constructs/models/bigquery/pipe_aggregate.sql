MODEL (
  name bigquery.pipe_aggregate,
  kind FULL,
  dialect bigquery
);

FROM raw.orders
|> WHERE amount > 10
|> EXTEND amount * 2 AS twice
|> AGGREGATE SUM(twice) AS total, COUNT(*) AS n GROUP BY customer_id, status AS state
|> WHERE n > 1
|> ORDER BY total DESC
|> LIMIT 10
