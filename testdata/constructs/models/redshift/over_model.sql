MODEL (
  name redshift.over_model,
  kind FULL,
  dialect redshift
);

SELECT s.amount, c.path FROM redshift.star AS s JOIN redshift.cte_recursive AS c ON s.customer_id = c.customer_id
