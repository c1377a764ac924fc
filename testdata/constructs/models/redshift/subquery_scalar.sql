MODEL (
  name redshift.subquery_scalar,
  kind FULL,
  dialect redshift
);

SELECT id, (SELECT MAX(amount) FROM raw.orders) AS most FROM raw.orders
