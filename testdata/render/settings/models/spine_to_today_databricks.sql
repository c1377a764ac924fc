MODEL (name raw.spine_to_today_databricks, kind FULL, dialect databricks);

SELECT date_day FROM (@DATE_SPINE('day', '2024-01-01', CURRENT_DATE)) AS s
