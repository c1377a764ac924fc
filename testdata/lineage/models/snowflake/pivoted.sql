MODEL (
  name snowflake.pivoted,
  kind FULL,
  dialect snowflake
);

SELECT * FROM raw.quarters PIVOT (SUM(volume) FOR quarter IN ('q1', 'q2')) AS p (depot, first, second)
