MODEL (
  name tsql.top_rows,
  kind FULL,
  dialect tsql
);

SELECT TOP 5 id, amount FROM raw.orders ORDER BY amount
