MODEL (name k.partition, partitioned_by (kind, DATE_TRUNC('month', ds)), kind INCREMENTAL_BY_PARTITION (
  disable_restatement true, on_destructive_change allow, on_additive_change warn, auto_restatement_cron '@daily'
));
SELECT id, kind, ds FROM raw.events
