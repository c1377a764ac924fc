MODEL (
  name mysql.cte_recursive,
  kind FULL,
  dialect mysql
);

WITH RECURSIVE t AS (SELECT customer_id, parent_id FROM raw.customers UNION ALL SELECT t.customer_id, c.parent_id FROM t JOIN raw.customers AS c ON c.customer_id = t.parent_id)
SELECT customer_id, parent_id FROM t
