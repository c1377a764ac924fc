MODEL (
  name clickhouse.totals,
  kind FULL,
  dialect clickhouse
);

SELECT customer_id, sum(amount) AS total FROM raw.orders GROUP BY customer_id WITH ROLLUP
