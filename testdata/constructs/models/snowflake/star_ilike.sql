MODEL (
  name snowflake.star_ilike,
  kind FULL,
  dialect snowflake
);

SELECT * ILIKE '%d%' FROM raw.parcels
