MODEL (name shop.totals, kind FULL, dialect duckdb);
SELECT page, COUNT(*) AS visits, SUM(seconds) AS seconds FROM src.visits WHERE page ILIKE '%a' GROUP BY page
