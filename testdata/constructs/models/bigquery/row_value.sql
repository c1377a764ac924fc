MODEL (
  name bigquery.row_value,
  kind FULL,
  dialect bigquery
);

SELECT o.id, TO_JSON_STRING(o) AS whole FROM raw.orders AS o
