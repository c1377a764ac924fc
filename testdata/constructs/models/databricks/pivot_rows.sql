MODEL (
  name databricks.pivot_rows,
  kind FULL,
  dialect databricks
);

SELECT * FROM (SELECT id, status, customer_id, amount FROM raw.orders)
PIVOT (SUM(amount) FOR (status, customer_id) IN (('open', 1) AS first_open, ('done', 2) AS second_done))
