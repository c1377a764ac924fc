MODEL (name k.time, kind INCREMENTAL_BY_TIME_RANGE (
  time_column (ds, '%Y%m%d'), batch_size 5, batch_concurrency 2, lookback 3, forward_only true, disable_restatement true,
  on_destructive_change warn, on_additive_change 'error', auto_restatement_cron '@weekly', auto_restatement_intervals 7,
  partition_by_time_column false
));
SELECT id, ds FROM raw.events WHERE ds BETWEEN @start_ds AND @end_ds
