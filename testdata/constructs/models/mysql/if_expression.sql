MODEL (
  name mysql.if_expression,
  kind FULL,
  dialect mysql
);

SELECT IF(amount > 10, status, 'small') AS size, placed + INTERVAL 1 DAY AS after FROM raw.orders
