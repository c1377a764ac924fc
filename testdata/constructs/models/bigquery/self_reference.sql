MODEL (
  name bigquery.self_reference,
  kind INCREMENTAL_BY_UNIQUE_KEY (unique_key id),
  dialect bigquery
);

SELECT CAST(o.id AS INT64) AS id, CAST(COALESCE(t.amount, o.amount) AS FLOAT64) AS amount
FROM raw.orders AS o LEFT JOIN bigquery.self_reference AS t ON o.id = t.id
