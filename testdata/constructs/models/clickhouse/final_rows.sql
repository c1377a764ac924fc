MODEL (
  name clickhouse.final_rows,
  kind FULL,
  dialect clickhouse
);

SELECT id, amount FROM raw.orders FINAL WHERE amount > 0
