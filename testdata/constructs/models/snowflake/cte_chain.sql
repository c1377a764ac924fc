MODEL (
  name snowflake.cte_chain,
  kind FULL,
  dialect snowflake
);

WITH a AS (SELECT id, weight FROM raw.parcels), b AS (SELECT id, weight * 2 AS twice FROM a)
SELECT b.id, b.twice, a.weight FROM b JOIN a ON a.id = b.id
