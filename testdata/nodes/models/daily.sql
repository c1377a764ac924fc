MODEL (name shop.daily, kind INCREMENTAL_BY_TIME_RANGE (time_column placed_at), signals (is_open()));
SELECT id, placed_at FROM shop.base WHERE placed_at BETWEEN @start_ts AND @end_ts
