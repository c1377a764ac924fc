MODEL (
  name snowflake.variant_paths,
  kind FULL,
  dialect snowflake
);

SELECT details:sender.name::VARCHAR AS sender, p.details:size[0] AS width, id FROM raw.parcels AS p
