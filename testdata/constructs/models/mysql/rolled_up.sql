MODEL (
  name mysql.rolled_up,
  kind FULL,
  dialect mysql
);

SELECT region, name, COUNT(*) AS n FROM raw.customers GROUP BY region, name WITH ROLLUP
