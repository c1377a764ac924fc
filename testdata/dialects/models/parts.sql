MODEL (name shop.parts, kind FULL, dialect bigquery);
SELECT id, SPLIT(page, '/')[OFFSET(0)] AS first FROM src.visits
