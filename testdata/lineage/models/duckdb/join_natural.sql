MODEL (
  name duckdb.join_natural,
  kind FULL,
  dialect duckdb
);

SELECT c.name, o.amount
FROM (SELECT customer_id, name FROM raw.customers) AS c
NATURAL JOIN (SELECT customer_id, amount FROM raw.orders) AS o
