MODEL (
  name depot.stage,
  kind INCREMENTAL_BY_TIME_RANGE (time_column ds, lookback 1, batch_size 10),
  cron '@daily',
  grain id,
  audits (not_null(columns := (id)), under(column := amount, most := 100)),
  tags (one)
);
SELECT id, customer, amount, status, placed_at, ds FROM src.orders WHERE ds BETWEEN @start_ds AND @end_ds
