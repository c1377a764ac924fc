/* Everything that a header may say */
MODEL (
  name marts.everything,
  kind FULL,
  owner 'some one',
  start '2024-03-01',
  end '2024-12-31',
  cron '0 5 * * *',
  cron_tz 'Europe/Berlin',
  interval_unit day,
  tags (core, "Big One", 'a, b'),
  stamp 'v1',
  table_format iceberg,
  storage_format parquet,
  partitioned_by (ds, kind),
  clustered_by (id, kind),
  depends_on (raw.plain, "raw"."more"),
  columns (id INT, kind TEXT, amount DECIMAL(10, 2), ds DATE, parts STRUCT<a INT, b TEXT[]>),
  column_descriptions (id = 'Number; of it', Kind = 'What, it is'),
  audits (
    not_null(columns := (id, ds)),
    positive(column := amount, Least := -1),
    unique_values(columns = [id]),
    forall(criteria := (amount > 0, kind IN ('a', 'b')))
  ),
  grains (id, (id, ds)),
  references (kind, (id AS event_id)),
  physical_properties (a = 1, 'b.c' = 'text', d = TRUE, e = ['x', 'y']),
  virtual_properties (shown = 'yes'),
  session_properties (threads = 4, 'some.setting' = 1.5),
  allow_partials true,
  signals (is_ready(least := 3, named := 'x'), shown()),
  enabled true,
  optimize_query false,
  ignored_rules (noowner, 'noselectstar'),
  formatting false,
  grants (select_ = ['one', 'two'], 'all' = 'three'),
  grants_target_layer physical,
  virtual_environment_mode 'dev_only'
);

SELECT id, kind, amount, ds, {'a': 1, 'b': ['x']} AS parts FROM raw.events
