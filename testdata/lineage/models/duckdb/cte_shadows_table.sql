MODEL (
  name duckdb.cte_shadows_table,
  kind FULL,
  dialect duckdb
);

WITH lines AS (
  SELECT order_id, price FROM raw.lines
), doubled AS (
  WITH lines AS (
    SELECT order_id, price * quantity AS price FROM raw.lines
  )
  SELECT order_id, price FROM lines
)
SELECT l.price AS single_price, d.price AS total_price
FROM lines AS l
JOIN doubled AS d ON l.order_id = d.order_id
