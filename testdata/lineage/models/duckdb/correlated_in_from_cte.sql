MODEL (
  name duckdb.correlated_in_from_cte,
  kind FULL,
  dialect duckdb
);

WITH big AS (
  SELECT id, amount FROM raw.orders AS o
  WHERE amount > (SELECT AVG(price) FROM raw.lines AS l WHERE l.order_id = o.id)
)
SELECT id, (SELECT MIN(b2.amount) FROM big AS b2 WHERE b2.id = b.id) AS least FROM big AS b
