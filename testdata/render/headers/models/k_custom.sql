MODEL (name k.custom, physical_version 'v7', kind CUSTOM (
  materialization 'stored', materialization_properties (way = 'fast', 'a.b' = 2, on_ = TRUE), forward_only true, disable_restatement true,
  batch_size 3, batch_concurrency 2, lookback 1, auto_restatement_cron '@daily', auto_restatement_intervals 2
));
SELECT id FROM raw.events
