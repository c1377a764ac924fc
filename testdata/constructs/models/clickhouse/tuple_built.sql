MODEL (
  name clickhouse.tuple_built,
  kind FULL,
  dialect clickhouse
);

SELECT tuple(id, amount) AS pair, [id, customer_id] AS both FROM raw.orders
