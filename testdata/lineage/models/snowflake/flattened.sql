MODEL (
  name snowflake.flattened,
  kind FULL,
  dialect snowflake
);

SELECT p.id, f.value AS stop, f.index AS place
FROM raw.parcels AS p, LATERAL FLATTEN(input => p.stops) AS f
