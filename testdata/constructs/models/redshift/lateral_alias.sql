MODEL (
  name redshift.lateral_alias,
  kind FULL,
  dialect redshift
);

SELECT amount * 2 AS twice, twice + 1 AS more FROM raw.orders
