MODEL (
  name redshift.join_using_full,
  kind FULL,
  dialect redshift
);

SELECT customer_id, o.id, c.name FROM raw.orders AS o FULL JOIN raw.customers AS c USING (customer_id)
