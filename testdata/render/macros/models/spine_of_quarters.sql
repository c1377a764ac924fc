MODEL (name m.spine_of_quarters, kind FULL);

SELECT date_quarter FROM (@DATE_SPINE('quarter', CAST('2024-01-01' AS DATE), CURRENT_DATE)) AS s
