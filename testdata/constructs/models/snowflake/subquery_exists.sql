MODEL (
  name snowflake.subquery_exists,
  kind FULL,
  dialect snowflake
);

SELECT d.city FROM raw.depots AS d WHERE EXISTS (SELECT 1 FROM raw.parcels AS p WHERE p.depot = d.depot)
