MODEL (
  name clickhouse.combinators,
  kind FULL,
  dialect clickhouse
);

SELECT customer_id, sumIf(amount, status = 'open') AS open_total, argMax(status, placed) AS latest FROM raw.orders GROUP BY customer_id
