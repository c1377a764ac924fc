MODEL (
  name trino.group_by_alias_shadow,
  kind FULL,
  dialect trino
);

SELECT UPPER(status) AS status, SUM(amount) AS amount FROM raw.orders GROUP BY UPPER(status)
