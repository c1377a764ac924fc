MODEL (
  name clickhouse.star_except,
  kind FULL,
  dialect clickhouse
);

SELECT * EXCEPT (status) FROM raw.orders
