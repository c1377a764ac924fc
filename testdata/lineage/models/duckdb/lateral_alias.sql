MODEL (
  name duckdb.lateral_alias,
  kind FULL,
  dialect duckdb
);

SELECT amount * 2 AS doubled, doubled + 1 AS more, more + id AS most FROM raw.orders
