MODEL (
  name snowflake.grouping_sets,
  kind FULL,
  dialect snowflake
);

SELECT depot, sent, SUM(weight) AS total FROM raw.parcels GROUP BY GROUPING SETS ((depot), (sent), ())
