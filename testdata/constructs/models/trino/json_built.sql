MODEL (
  name trino.json_built,
  kind FULL,
  dialect trino
);

SELECT JSON_OBJECT('id' : id, 'Status' : status) AS packed FROM raw.orders
