MODEL (
  name bigquery.from_first,
  kind FULL,
  dialect bigquery
);

FROM raw.orders |> WHERE amount > 10 |> SELECT id, amount * 2 AS twice
