MODEL (
  name snowflake.where_alias,
  kind FULL,
  dialect snowflake
);

SELECT weight * 2 AS twice FROM raw.parcels WHERE twice > 3
