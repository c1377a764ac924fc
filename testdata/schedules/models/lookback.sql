MODEL (name shop.lookback, kind INCREMENTAL_BY_TIME_RANGE (time_column at, lookback 3), start '20240201');
SELECT id, at, day, amount FROM raw.events WHERE at BETWEEN @start_ts AND @end_ts
