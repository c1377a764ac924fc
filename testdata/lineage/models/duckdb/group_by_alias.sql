MODEL (
  name duckdb.group_by_alias,
  kind FULL,
  dialect duckdb
);

SELECT UPPER(status) AS state, COUNT(*) AS n FROM raw.orders GROUP BY state HAVING n > 1 ORDER BY n
