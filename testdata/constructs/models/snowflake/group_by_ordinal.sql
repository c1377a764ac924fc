MODEL (
  name snowflake.group_by_ordinal,
  kind FULL,
  dialect snowflake
);

SELECT depot AS d, COUNT(*) AS n, SUM(weight) AS total FROM raw.parcels GROUP BY 1
