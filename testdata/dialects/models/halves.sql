MODEL (name shop.halves, kind FULL, dialect duckdb);
SELECT id, seconds / 2 AS half, page AS "Page" FROM src.visits
