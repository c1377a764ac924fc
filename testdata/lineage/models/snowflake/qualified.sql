MODEL (
  name snowflake.qualified,
  kind FULL,
  dialect snowflake
);

SELECT id, weight FROM raw.parcels QUALIFY ROW_NUMBER() OVER (PARTITION BY id ORDER BY sent) = 1
