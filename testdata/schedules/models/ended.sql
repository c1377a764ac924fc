MODEL (name shop.ended, kind INCREMENTAL_BY_TIME_RANGE (time_column at), start '2023-01-01', end '2023-12-31');
SELECT id, at, day, amount FROM raw.events WHERE at BETWEEN @start_ts AND @end_ts
