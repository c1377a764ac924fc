MODEL (
  name snowflake.join_using,
  kind FULL,
  dialect snowflake
);

SELECT depot, p.id, d.city FROM raw.parcels AS p LEFT JOIN raw.depots AS d USING (depot)
