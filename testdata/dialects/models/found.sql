MODEL (name shop.found, kind FULL, dialect duckdb);
SELECT id, page, seconds FROM src.visits WHERE page LIKE '/shop%' AND seconds BETWEEN 1 AND 60
