MODEL (name raw.spines_fabric, kind FULL, dialect fabric);

WITH s AS (SELECT id AS d FROM raw.lower), t AS (@DATE_SPINE('day', '2024-01-01', @execution_date))
SELECT s.d FROM s JOIN t ON t.date_day = s.d
