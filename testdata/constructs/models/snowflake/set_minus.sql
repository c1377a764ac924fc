MODEL (
  name snowflake.set_minus,
  kind FULL,
  dialect snowflake
);

SELECT depot FROM raw.parcels
MINUS
SELECT depot FROM raw.depots
