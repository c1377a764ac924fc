MODEL (
  name tsql.group_by_alias_shadow,
  kind FULL,
  dialect tsql
);

SELECT UPPER(status) AS status, SUM(amount) AS amount FROM raw.orders GROUP BY UPPER(status)
