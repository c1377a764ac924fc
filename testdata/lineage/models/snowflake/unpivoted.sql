MODEL (
  name snowflake.unpivoted,
  kind FULL,
  dialect snowflake
);

SELECT * FROM (SELECT depot, volume AS q1, volume * 2 AS q2 FROM raw.quarters) UNPIVOT (amount FOR quarter IN (q1, q2))
