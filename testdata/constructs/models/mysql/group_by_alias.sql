MODEL (
  name mysql.group_by_alias,
  kind FULL,
  dialect mysql
);

SELECT UPPER(region) AS area, COUNT(*) AS n FROM raw.customers GROUP BY area
