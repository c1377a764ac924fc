MODEL (
  name redshift.order_limit,
  kind FULL,
  dialect redshift
);

SELECT id, amount AS a FROM raw.orders ORDER BY a DESC LIMIT 10
