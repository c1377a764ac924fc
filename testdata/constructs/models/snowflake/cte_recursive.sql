MODEL (
  name snowflake.cte_recursive,
  kind FULL,
  dialect snowflake
);

WITH RECURSIVE tree AS (
  SELECT depot, parent, city AS path FROM raw.depots WHERE parent IS NULL
  UNION ALL
  SELECT d.depot, d.parent, t.path FROM raw.depots AS d JOIN tree AS t ON d.parent = t.depot
)
SELECT depot, parent, path FROM tree
