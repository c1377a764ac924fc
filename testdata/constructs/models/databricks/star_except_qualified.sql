MODEL (
  name databricks.star_except_qualified,
  kind FULL,
  dialect databricks
);

SELECT * EXCEPT (c.customer_id, c.status) FROM raw.orders AS o JOIN raw.customers AS c ON o.customer_id = c.customer_id
