MODEL (
  name snowflake.over_other_model,
  kind FULL,
  dialect snowflake
);

SELECT q.*, d.city FROM snowflake.pivoted AS q JOIN raw.depots AS d ON d.depot = q.depot
