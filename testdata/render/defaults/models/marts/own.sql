MODEL (
  kind INCREMENTAL_BY_TIME_RANGE (time_column ds, on_destructive_change allow, batch_concurrency 1),
  cron '@daily',
  cron_tz 'UTC',
  owner @team,
  start '2024-05-01',
  table_format hudi,
  storage_format orc,
  physical_properties (own = 1, retention = 8, gone = NULL),
  virtual_properties (level = 3),
  session_properties (mode = 'slow', other = 'x'),
  audits (at_least_one(column := id)),
  optimize_query true,
  allow_partials false,
  interval_unit day,
  formatting true,
  gateway local
);
SET own = 1;
SELECT id, ds FROM raw.events WHERE ds BETWEEN @start_ds AND @end_ds;
ANALYZE own;
ON_VIRTUAL_UPDATE_BEGIN;
GRANT SELECT ON VIEW @this_model TO ROLE owners;
ON_VIRTUAL_UPDATE_END;
