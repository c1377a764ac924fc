MODEL (
  name redshift.star_exclude,
  kind FULL,
  dialect redshift
);

SELECT * EXCLUDE (status) FROM raw.orders
