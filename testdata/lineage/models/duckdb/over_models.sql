MODEL (
  name duckdb.over_models,
  kind FULL,
  dialect duckdb
);

SELECT c.total, s.article, w.running, r.*
FROM duckdb.ctes AS c
JOIN duckdb.star_rename AS s ON c.id = s.order_id
JOIN duckdb.windows AS w USING (id)
JOIN duckdb.cte_recursive AS r ON r.customer_id = c.id
