MODEL (
  name postgres.cte_recursive,
  kind FULL,
  dialect postgres
);

WITH RECURSIVE tree AS (
  SELECT customer_id, parent_id, name AS path FROM raw.customers WHERE parent_id IS NULL
  UNION ALL
  SELECT c.customer_id, c.parent_id, t.path FROM raw.customers AS c JOIN tree AS t ON c.parent_id = t.customer_id
)
SELECT customer_id, parent_id, path FROM tree
