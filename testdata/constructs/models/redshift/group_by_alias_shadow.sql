MODEL (
  name redshift.group_by_alias_shadow,
  kind FULL,
  dialect redshift
);

SELECT UPPER(status) AS status, SUM(amount) AS amount FROM raw.orders GROUP BY UPPER(status)
