MODEL (
  name clickhouse.having_alias,
  kind FULL,
  dialect clickhouse
);

SELECT customer_id, sum(amount) AS total FROM raw.orders GROUP BY customer_id HAVING total > 10
