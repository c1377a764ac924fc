MODEL (name depot.forward, kind INCREMENTAL_BY_TIME_RANGE (time_column ds, forward_only true, on_destructive_change warn), start '2024-02-01');
SELECT id, amount, ds FROM depot.stage WHERE ds BETWEEN @start_ds AND @end_ds
