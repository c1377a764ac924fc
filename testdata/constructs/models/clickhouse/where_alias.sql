MODEL (
  name clickhouse.where_alias,
  kind FULL,
  dialect clickhouse
);

SELECT amount * 2 AS twice FROM raw.orders WHERE twice > 3
