MODEL (name shop.weekdays, kind INCREMENTAL_BY_TIME_RANGE (time_column at), cron '30 2 * * 1-5', start '2024-02-01');
SELECT id, at, day, amount FROM raw.events WHERE at BETWEEN @start_ts AND @end_ts
