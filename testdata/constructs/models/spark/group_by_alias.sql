MODEL (
  name spark.group_by_alias,
  kind FULL,
  dialect spark
);

SELECT UPPER(status) AS kind, SUM(amount) AS total FROM raw.orders GROUP BY kind
