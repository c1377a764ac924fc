MODEL (
  name bigquery.over_model,
  kind FULL,
  dialect bigquery
);

SELECT s.amount, c.path FROM bigquery.star AS s JOIN bigquery.cte_recursive AS c ON s.customer_id = c.customer_id
