MODEL (
  name duckdb.join_using_star,
  kind FULL,
  dialect duckdb
);

SELECT *
FROM (SELECT customer_id, name FROM raw.customers) AS c
JOIN (SELECT customer_id, amount FROM raw.orders) AS o USING (customer_id)
