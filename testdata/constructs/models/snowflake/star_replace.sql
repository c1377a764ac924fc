MODEL (
  name snowflake.star_replace,
  kind FULL,
  dialect snowflake
);

SELECT * REPLACE (weight * 2 AS weight) FROM raw.parcels
