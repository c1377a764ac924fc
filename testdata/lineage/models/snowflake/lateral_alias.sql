MODEL (
  name snowflake.lateral_alias,
  kind FULL,
  dialect snowflake
);

SELECT weight * 2 AS doubled, doubled + 1 AS more FROM raw.parcels WHERE more > 3
