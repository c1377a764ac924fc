MODEL (
  name clickhouse.cte_chain,
  kind FULL,
  dialect clickhouse
);

WITH a AS (SELECT id, amount FROM raw.orders), b AS (SELECT id, amount * 2 AS twice FROM a)
SELECT b.id, b.twice, a.amount FROM b JOIN a ON a.id = b.id
