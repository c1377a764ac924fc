MODEL (
  name tsql.iif,
  kind FULL,
  dialect tsql
);

SELECT IIF(amount > 1, id, customer_id) AS either, ISNULL(status, 'x') AS status, CONVERT(VARCHAR(10), placed) AS placed
FROM raw.orders
