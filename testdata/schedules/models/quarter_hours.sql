MODEL (name shop.quarter_hours, kind INCREMENTAL_BY_TIME_RANGE (time_column at), cron '@hourly', interval_unit quarter_hour, start '2024-03-12 06:20:00');
SELECT id, at, day, amount FROM raw.events WHERE at BETWEEN @start_ts AND @end_ts
