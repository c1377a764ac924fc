MODEL (name raw.spine_in_union_mysql, kind FULL, dialect mysql);

WITH s AS (@DATE_SPINE('month', '2024-01-01', '2024-12-31'))
SELECT date_month FROM s UNION ALL SELECT id FROM raw.lower
