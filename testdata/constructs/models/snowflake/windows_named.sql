MODEL (
  name snowflake.windows_named,
  kind FULL,
  dialect snowflake
);

SELECT id, SUM(weight) OVER (PARTITION BY depot ORDER BY sent) AS running, LAG(weight) OVER (PARTITION BY depot ORDER BY sent) AS previous FROM raw.parcels
