MODEL (
  name snowflake.join_lateral,
  kind FULL,
  dialect snowflake
);

SELECT d.city, l.id FROM raw.depots AS d, LATERAL (SELECT p.id FROM raw.parcels AS p WHERE p.depot = d.depot) AS l
