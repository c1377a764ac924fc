MODEL (name m.spine, kind FULL);

SELECT * FROM (@DATE_SPINE('day', '2024-01-01', '2024-01-31')) AS s
