MODEL (
  name trino.over_model,
  kind FULL,
  dialect trino
);

SELECT s.amount, c.path FROM trino.star AS s JOIN trino.cte_recursive AS c ON s.customer_id = c.customer_id
