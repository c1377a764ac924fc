MODEL (name shop.events, kind INCREMENTAL_BY_TIME_RANGE (time_column at), start '2024-01-01');
SELECT id, at, day, amount FROM raw.events WHERE at BETWEEN @start_ts AND @end_ts
