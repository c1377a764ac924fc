MODEL (
  name snowflake.star_rename,
  kind FULL,
  dialect snowflake
);

SELECT * RENAME (weight AS kilos) FROM raw.parcels
