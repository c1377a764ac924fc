MODEL (
  name snowflake.star_exclude,
  kind FULL,
  dialect snowflake
);

SELECT * EXCLUDE (weight, sent) FROM raw.parcels
