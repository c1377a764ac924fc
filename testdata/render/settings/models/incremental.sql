MODEL (name m.incremental, kind INCREMENTAL_BY_TIME_RANGE (time_column @day_column, lookback @days), cron '@weekly');

SELECT id, ds FROM raw.events WHERE ds BETWEEN @start_date AND @end_date
