MODEL (
  name clickhouse.limit_by,
  kind FULL,
  dialect clickhouse
);

SELECT id, customer_id, amount FROM raw.orders ORDER BY amount DESC LIMIT 2 BY customer_id
