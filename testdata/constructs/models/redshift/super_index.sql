MODEL (
  name redshift.super_index,
  kind FULL,
  dialect redshift
);

SELECT id, readings[id] AS one, readings[0] AS first FROM raw.samples
