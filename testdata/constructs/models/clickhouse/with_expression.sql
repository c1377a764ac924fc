MODEL (
  name clickhouse.with_expression,
  kind FULL,
  dialect clickhouse
);

WITH amount * 2 AS twice SELECT id, twice FROM raw.orders WHERE twice > 3
