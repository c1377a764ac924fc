MODEL (name shop.forward_lenient, kind INCREMENTAL_BY_TIME_RANGE (time_column at, forward_only true, on_destructive_change allow, on_additive_change error), start '2024-01-15');
SELECT id, at, day, amount FROM raw.events WHERE at BETWEEN @start_ts AND @end_ts
