MODEL (name m.in_spark, kind FULL, dialect spark);

SELECT * FROM (@DATE_SPINE('quarter', '2024-01-01', '2024-12-31')) AS s WHERE @IF(@days = 2, s.date_quarter > @execution_date, TRUE)
