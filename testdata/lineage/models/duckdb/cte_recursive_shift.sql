MODEL (
  name duckdb.cte_recursive_shift,
  kind FULL,
  dialect duckdb
);

WITH RECURSIVE steps (a, b, c) AS (
  SELECT id, customer_id, 0 FROM raw.orders
  UNION ALL
  SELECT b, c, s.a + o.amount FROM steps AS s JOIN raw.orders AS o ON o.id = s.b WHERE s.c < 10
)
SELECT a, b, c FROM steps
