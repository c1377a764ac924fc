MODEL (
  name duckdb.cte_recursive,
  kind FULL,
  dialect duckdb
);

WITH RECURSIVE chain AS (
  SELECT customer_id, parent_id, name, 1 AS depth FROM raw.customers WHERE parent_id IS NULL
  UNION ALL
  SELECT c.customer_id, c.parent_id, p.name, p.depth + 1
  FROM raw.customers AS c
  JOIN chain AS p ON c.parent_id = p.customer_id
)
SELECT customer_id, name, depth FROM chain
