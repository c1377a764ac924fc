MODEL (name m.k_time, kind INCREMENTAL_BY_TIME_RANGE (time_column (day, '%Y-%m-%d'), lookback @count));

SELECT a, day FROM raw.t WHERE day BETWEEN @start_ds AND @end_ds
