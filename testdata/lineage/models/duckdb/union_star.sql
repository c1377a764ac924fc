MODEL (
  name duckdb.union_star,
  kind FULL,
  dialect duckdb
);

SELECT * FROM raw.lines
UNION ALL
SELECT order_id, product, quantity * 2, price FROM raw.lines
