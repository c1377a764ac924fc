MODEL (
  name duckdb.unnested,
  kind FULL,
  dialect duckdb
);

SELECT o.id, t.tag
FROM raw.orders AS o
CROSS JOIN UNNEST(o.tags) AS t(tag)
