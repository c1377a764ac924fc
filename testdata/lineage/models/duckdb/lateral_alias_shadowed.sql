MODEL (
  name duckdb.lateral_alias_shadowed,
  kind FULL,
  dialect duckdb
);

SELECT price * 2 AS quantity, quantity + 1 AS more FROM raw.lines
