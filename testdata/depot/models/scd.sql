MODEL (name depot.scd, kind SCD_TYPE_2_BY_TIME (unique_key id, updated_at_name placed_at));
SELECT id, status, placed_at FROM depot.stage
