MODEL (kind SCD_TYPE_2_BY_COLUMN (unique_key id, columns (Kind), on_additive_change allow));
SELECT id, Kind FROM raw.events
