MODEL (
  name snowflake.asof_join,
  kind FULL,
  dialect snowflake
);

SELECT p.id, q.weight
FROM raw.parcels AS p ASOF JOIN raw.parcels AS q MATCH_CONDITION (p.sent >= q.sent) ON p.depot = q.depot
