MODEL (name shop.templated, kind FULL, dialect duckdb);
JINJA_QUERY_BEGIN;
SELECT id, seconds / {{ 2 }} AS half FROM src.visits WHERE page LIKE '/shop%'
JINJA_END;
