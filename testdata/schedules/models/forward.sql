MODEL (name shop.forward, kind INCREMENTAL_BY_TIME_RANGE (time_column at, forward_only true), start '2024-01-15');
SELECT id, at, day, amount FROM raw.events WHERE at BETWEEN @start_ts AND @end_ts
