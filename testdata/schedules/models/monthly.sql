MODEL (name shop.monthly, kind INCREMENTAL_BY_TIME_RANGE (time_column at), cron '@monthly', start '2023-06-15');
SELECT id, at, day, amount FROM raw.events WHERE at BETWEEN @start_ts AND @end_ts
