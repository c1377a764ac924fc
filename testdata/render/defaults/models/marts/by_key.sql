MODEL (kind INCREMENTAL_BY_UNIQUE_KEY (unique_key Kind));
SELECT id, Kind FROM raw.events
