MODEL (
  name tsql.over_model,
  kind FULL,
  dialect tsql
);

SELECT s.amount, c.path FROM tsql.star AS s JOIN tsql.cte_recursive AS c ON s.customer_id = c.customer_id
