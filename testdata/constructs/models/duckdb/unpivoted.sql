MODEL (
  name duckdb.unpivoted,
  kind FULL,
  dialect duckdb
);

SELECT id, quarter, volume FROM raw.quarters UNPIVOT (volume FOR quarter IN (q1, q2))
