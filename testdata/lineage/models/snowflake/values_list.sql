MODEL (
  name snowflake.values_list,
  kind FULL,
  dialect snowflake
);

SELECT column1 AS code, column2 AS label FROM VALUES (1, 'a'), (2, 'b')
