MODEL (name shop.latest, kind FULL, dialect duckdb);
SELECT id, page, seconds FROM src.visits QUALIFY ROW_NUMBER() OVER (PARTITION BY id ORDER BY seen_at) = 1
