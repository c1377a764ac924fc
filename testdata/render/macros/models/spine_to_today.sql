MODEL (name m.spine_to_today, kind FULL);

WITH s AS (@DATE_SPINE('day', '2024-1-1', '2024-02-29')), t AS (@DATE_SPINE('month', '2024-01-01', CURRENT_DATE))
SELECT * FROM s, t, (@DATE_SPINE('year', CAST('2020-01-01' AS DATE), '2030-01-01')) AS u
