MODEL (
  name duckdb.star_chain,
  kind FULL,
  dialect duckdb
);

WITH a AS (SELECT * FROM raw.lines), b AS (SELECT * FROM a), c AS (SELECT *, quantity * price AS total FROM b)
SELECT * FROM c
