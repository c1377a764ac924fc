MODEL (
  name snowflake.star_exclude_qualified,
  kind FULL,
  dialect snowflake
);

SELECT p.* EXCLUDE (sent), d.city FROM raw.parcels AS p JOIN raw.depots AS d ON p.depot = d.depot
