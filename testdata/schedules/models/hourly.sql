MODEL (name shop.hourly, kind INCREMENTAL_BY_TIME_RANGE (time_column at), cron '@hourly', start '2024-03-10');
SELECT id, at, day, amount FROM raw.events WHERE at BETWEEN @start_ts AND @end_ts
