MODEL (
  name snowflake.positional,
  kind FULL,
  dialect snowflake
);

SELECT $1 AS a, $2 AS b FROM (VALUES (1, 'x'), (2, 'y'))
