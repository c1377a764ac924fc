MODEL (
  name clickhouse.lateral_alias,
  kind FULL,
  dialect clickhouse
);

SELECT amount * 2 AS twice, twice + 1 AS more FROM raw.orders
