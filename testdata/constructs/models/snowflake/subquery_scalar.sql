MODEL (
  name snowflake.subquery_scalar,
  kind FULL,
  dialect snowflake
);

SELECT id, (SELECT MAX(d.city) FROM raw.depots AS d WHERE d.depot = p.depot) AS city FROM raw.parcels AS p
