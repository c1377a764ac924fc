MODEL (
  name snowflake.table_function,
  kind FULL,
  dialect snowflake
);

SELECT s.value, p.id FROM raw.parcels AS p, LATERAL SPLIT_TO_TABLE(p.depot, ',') AS s
