MODEL (name shop.pinned, kind INCREMENTAL_BY_TIME_RANGE (time_column at, forward_only true), physical_version '1', start '2024-03-01');
SELECT id, at, day, amount FROM raw.events WHERE at BETWEEN @start_ts AND @end_ts
