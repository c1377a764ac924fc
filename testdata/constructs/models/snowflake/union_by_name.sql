MODEL (
  name snowflake.union_by_name,
  kind FULL,
  dialect snowflake
);

SELECT id, depot FROM raw.parcels
UNION ALL BY NAME
SELECT depot, 1 AS id FROM raw.depots
