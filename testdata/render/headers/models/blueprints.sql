MODEL (
  name @layer.of_@{region},
  kind INCREMENTAL_BY_TIME_RANGE (time_column @day, lookback @back),
  blueprints ((region := north, day := ds, back := 1, who := 'a b'), (region := south, day := ds, back := 2, who := "C")),
  owner @who,
  tags (@region, @{region}_tag),
  columns (id INT, ds DATE)
);
SELECT id, ds FROM raw.events WHERE ds BETWEEN @start_ds AND @end_ds
