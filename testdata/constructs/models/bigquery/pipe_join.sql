MODEL (
  name bigquery.pipe_join,
  kind FULL,
  dialect bigquery
);

FROM raw.orders AS o
|> WHERE o.amount > 10
|> JOIN raw.customers AS c ON o.customer_id = c.customer_id
|> SELECT o.id AS id, c.name AS name
