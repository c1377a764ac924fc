MODEL (name shop.ended_lookback, kind INCREMENTAL_BY_TIME_RANGE (time_column at, lookback 2), start '2024-01-01', end '2024-03-12');
SELECT id, at, day, amount FROM raw.events WHERE at BETWEEN @start_ts AND @end_ts
