MODEL (
  name bigquery.struct_built,
  kind FULL,
  dialect bigquery
);

SELECT STRUCT(id AS a, status AS b) AS s, STRUCT(id AS a, status AS b).b AS b FROM raw.orders
