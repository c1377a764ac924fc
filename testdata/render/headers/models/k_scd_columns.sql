MODEL (name k.scd_columns, kind SCD_TYPE_2_BY_COLUMN (
  unique_key id, columns (kind, amount), valid_from_name "From", valid_to_name "To", invalidate_hard_deletes true, time_data_type TIMESTAMPTZ,
  batch_size 4, forward_only false, disable_restatement false, execution_time_as_valid_from true, updated_at_name placed_at,
  on_destructive_change warn, on_additive_change error, auto_restatement_cron '@daily'
));
SELECT id, kind, amount, placed_at FROM raw.events
