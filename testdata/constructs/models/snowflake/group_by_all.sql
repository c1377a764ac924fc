MODEL (
  name snowflake.group_by_all,
  kind FULL,
  dialect snowflake
);

SELECT depot, SUM(weight) AS total FROM raw.parcels GROUP BY ALL
