MODEL (name shop.yearly, kind INCREMENTAL_BY_TIME_RANGE (time_column at), cron '@yearly', start '2019-05-01');
SELECT id, at, day, amount FROM raw.events WHERE at BETWEEN @start_ts AND @end_ts
