MODEL (
  name redshift.self_join,
  kind FULL,
  dialect redshift
);

SELECT a.name, b.name AS parent FROM raw.customers AS a LEFT JOIN raw.customers AS b ON a.parent_id = b.customer_id
