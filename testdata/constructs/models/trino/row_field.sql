MODEL (
  name trino.row_field,
  kind FULL,
  dialect trino
);

SELECT id, CAST(ROW(id, status) AS ROW(a INTEGER, b VARCHAR)).b AS b FROM raw.orders
