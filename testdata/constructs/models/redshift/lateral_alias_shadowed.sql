MODEL (
  name redshift.lateral_alias_shadowed,
  kind FULL,
  dialect redshift
);

SELECT id AS amount, amount + 1 AS more FROM raw.orders
