MODEL (name m.spine_of_months, kind FULL);

WITH s AS (@DATE_SPINE('month', '2024-01-01', '2024-12-31')) SELECT date_month FROM s
