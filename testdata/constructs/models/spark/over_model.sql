MODEL (
  name spark.over_model,
  kind FULL,
  dialect spark
);

SELECT s.amount, c.who FROM spark.star AS s JOIN spark.cte_columns AS c ON s.customer_id = c.who
