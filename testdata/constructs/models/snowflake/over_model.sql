MODEL (
  name snowflake.over_model,
  kind FULL,
  dialect snowflake
);

SELECT place, total FROM snowflake.group_by_alias
