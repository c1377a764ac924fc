MODEL (
  name tsql.pivoted,
  kind FULL,
  dialect tsql
);

SELECT customer_id, p.[a], p.[b]
FROM (SELECT customer_id, status, amount FROM raw.orders) AS s PIVOT (SUM(amount) FOR status IN ([a], [b])) AS p
