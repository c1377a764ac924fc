MODEL (
  name duckdb.derived_tables,
  kind FULL,
  dialect duckdb
);

SELECT o.customer_id, o.total, x.n
FROM (SELECT customer_id, SUM(amount) AS total FROM raw.orders GROUP BY customer_id) AS o
LEFT JOIN (SELECT COUNT(product) AS n, order_id FROM (SELECT * FROM raw.lines) AS inner_lines GROUP BY ALL) AS x
  ON o.customer_id = x.order_id
