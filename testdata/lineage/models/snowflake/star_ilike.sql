MODEL (
  name snowflake.star_ilike,
  kind FULL,
  dialect snowflake
);

SELECT * EXCLUDE (id) RENAME (city AS town) FROM raw.depots
