MODEL (
  name duckdb.correlated_clauses,
  kind FULL,
  dialect duckdb
);

SELECT c.name, COUNT(*) AS n FROM raw.customers AS c WHERE c.status IN (SELECT o.status FROM raw.orders AS o WHERE o.customer_id = c.customer_id)
GROUP BY c.name, (SELECT MAX(p.price) FROM raw.prices AS p WHERE p.id = c.parent_id) HAVING COUNT(*) > (SELECT MIN(id) FROM raw.orders) ORDER BY 1
