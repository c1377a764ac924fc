MODEL (
  name postgres.over_model,
  kind FULL,
  dialect postgres
);

SELECT s.amount, c.path FROM postgres.star AS s JOIN postgres.cte_recursive AS c ON s.customer_id = c.customer_id
