MODEL (name shop.five_minutes, kind INCREMENTAL_BY_TIME_RANGE (time_column at), cron '*/5 * * * *', start '2024-03-14');
SELECT id, at, day, amount FROM raw.events WHERE at BETWEEN @start_ts AND @end_ts
