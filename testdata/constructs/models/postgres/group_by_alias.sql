MODEL (
  name postgres.group_by_alias,
  kind FULL,
  dialect postgres
);

SELECT UPPER(status) AS kind, SUM(amount) AS total FROM raw.orders GROUP BY kind
