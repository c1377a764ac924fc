MODEL (
  name duckdb.incremental_self,
  kind INCREMENTAL_BY_TIME_RANGE (
    time_column ds
  ),
  dialect duckdb
);

SELECT
  o.customer_id::INT AS customer_id,
  o.placed::DATE AS ds,
  (o.amount + COALESCE(before.running, 0))::DOUBLE AS running
FROM raw.orders AS o
LEFT JOIN duckdb.incremental_self AS before ON before.customer_id = o.customer_id
WHERE o.placed BETWEEN @start_date AND @end_date
