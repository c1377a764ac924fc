MODEL (
  name snowflake.quoted,
  kind FULL,
  dialect snowflake
);

SELECT "ID" AS "id", Weight AS "Weight" FROM raw.parcels
