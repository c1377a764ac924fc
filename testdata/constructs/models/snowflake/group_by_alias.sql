MODEL (
  name snowflake.group_by_alias,
  kind FULL,
  dialect snowflake
);

SELECT UPPER(depot) AS place, SUM(weight) AS total FROM raw.parcels GROUP BY place
