MODEL (
  name tsql.order_limit,
  kind FULL,
  dialect tsql
);

SELECT id, amount AS a FROM raw.orders ORDER BY a DESC OFFSET 0 ROWS FETCH NEXT 10 ROWS ONLY
