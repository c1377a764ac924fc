MODEL (name k.scd_type_2, kind SCD_TYPE_2 (
  unique_key (id, kind), valid_from_name begins, valid_to_name ends, invalidate_hard_deletes true, time_data_type DATE,
  batch_size 4, forward_only false, disable_restatement false, updated_at_name placed_at, updated_at_as_valid_from true,
  on_destructive_change warn, on_additive_change error, auto_restatement_cron '@daily'
));
SELECT id, kind, placed_at FROM raw.events
