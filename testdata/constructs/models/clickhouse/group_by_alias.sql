MODEL (
  name clickhouse.group_by_alias,
  kind FULL,
  dialect clickhouse
);

SELECT upper(region) AS area, count(*) AS n FROM raw.customers GROUP BY area
