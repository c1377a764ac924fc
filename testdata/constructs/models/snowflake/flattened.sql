MODEL (
  name snowflake.flattened,
  kind FULL,
  dialect snowflake
);

SELECT p.id, f.value AS part, f.index AS at FROM raw.parcels AS p, LATERAL FLATTEN(INPUT => SPLIT(p.depot, ',')) AS f
