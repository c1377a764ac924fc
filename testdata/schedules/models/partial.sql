MODEL (name shop.partial, kind INCREMENTAL_BY_TIME_RANGE (time_column at), cron '@hourly', interval_unit day, allow_partials true, start '2024-03-01');
SELECT id, at, day, amount FROM raw.events WHERE at BETWEEN @start_ts AND @end_ts
