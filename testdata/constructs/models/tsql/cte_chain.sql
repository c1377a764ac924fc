MODEL (
  name tsql.cte_chain,
  kind FULL,
  dialect tsql
);

WITH a AS (SELECT id, amount FROM raw.orders), b AS (SELECT id, amount * 2 AS twice FROM a), a2 AS (SELECT * FROM b)
SELECT a2.id, a2.twice, a.amount FROM a2 JOIN a ON a.id = a2.id
