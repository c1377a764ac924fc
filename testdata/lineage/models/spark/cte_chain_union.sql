MODEL (
  name spark.cte_chain_union,
  kind FULL,
  dialect spark
);

WITH a AS (SELECT id, amount FROM raw.events), b AS (SELECT * FROM a UNION ALL SELECT * FROM a), c AS (SELECT * FROM b)
SELECT c.id, c.amount, a.amount AS other FROM c LEFT JOIN a ON a.id = c.id
