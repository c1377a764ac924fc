MODEL (
  name clickhouse.columns_call,
  kind FULL,
  dialect clickhouse
);

SELECT id, COLUMNS('am') FROM raw.orders
