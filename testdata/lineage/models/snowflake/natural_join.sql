MODEL (
  name snowflake.natural_join,
  kind FULL,
  dialect snowflake
);

SELECT id, depot, weight FROM raw.parcels NATURAL JOIN raw.depots
