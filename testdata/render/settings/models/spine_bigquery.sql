MODEL (name raw.spine_bigquery, kind FULL, dialect bigquery);

WITH discount_promotion_dates AS (@date_spine('day', '2024-01-01', '2024-01-16')),
months AS (@DATE_SPINE('month', '2024-01-01', '2024-03-01'))
SELECT date_day FROM discount_promotion_dates
