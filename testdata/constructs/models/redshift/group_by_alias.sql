MODEL (
  name redshift.group_by_alias,
  kind FULL,
  dialect redshift
);

SELECT UPPER(status) AS kind, SUM(amount) AS total FROM raw.orders GROUP BY kind
