MODEL (
  name duckdb.star_exclude_qualified,
  kind FULL,
  dialect duckdb
);

SELECT * EXCLUDE (p.id, o.placed) FROM raw.orders AS o JOIN raw.prices AS p ON o.id = p.id
