MODEL (
  name redshift.star,
  kind FULL,
  dialect redshift
);

SELECT * FROM raw.orders
