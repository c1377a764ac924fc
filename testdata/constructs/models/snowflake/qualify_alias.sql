MODEL (
  name snowflake.qualify_alias,
  kind FULL,
  dialect snowflake
);

SELECT id, ROW_NUMBER() OVER (PARTITION BY depot ORDER BY sent) AS place FROM raw.parcels QUALIFY place = 1
