MODEL (
  name snowflake.having_alias,
  kind FULL,
  dialect snowflake
);

SELECT depot, SUM(weight) AS total FROM raw.parcels GROUP BY depot HAVING total > 10
