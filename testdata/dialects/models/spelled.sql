MODEL (name shop.spelled, kind FULL, dialect duckdb);
SELECT id, LENGTH(page) AS long, CAST(seconds AS DOUBLE) AS seconds, page || '!' AS loud, HEX(page) AS hex FROM src.visits
