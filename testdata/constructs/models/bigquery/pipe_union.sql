MODEL (
  name bigquery.pipe_union,
  kind FULL,
  dialect bigquery
);

FROM raw.orders
|> SELECT customer_id AS id, status AS label
|> UNION ALL (SELECT id, label FROM raw.quarters)
|> WHERE label <> 'a'
