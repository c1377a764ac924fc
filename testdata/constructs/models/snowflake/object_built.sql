MODEL (
  name snowflake.object_built,
  kind FULL,
  dialect snowflake
);

SELECT OBJECT_CONSTRUCT('id', id, 'depot', depot) AS o, ARRAY_AGG(weight) OVER (PARTITION BY depot) AS weights
FROM raw.parcels
