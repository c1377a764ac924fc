MODEL (name shop.half_hours, kind INCREMENTAL_BY_TIME_RANGE (time_column at), cron '0,30 * * * *', start '2 days ago');
SELECT id, at, day, amount FROM raw.events WHERE at BETWEEN @start_ts AND @end_ts
