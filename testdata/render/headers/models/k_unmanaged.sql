MODEL (name k.unmanaged, partitioned_by id,  kind INCREMENTAL_UNMANAGED (
  insert_overwrite true, forward_only false, disable_restatement false, on_destructive_change ignore, on_additive_change error,
  auto_restatement_cron '@monthly'
));
SELECT id FROM raw.events
