MODEL (
  name redshift.unqualified,
  kind FULL,
  dialect redshift
);

SELECT id, name, region, o.status FROM raw.orders AS o JOIN raw.customers AS c ON o.customer_id = c.customer_id
