MODEL (name k.unique_key_plain, kind INCREMENTAL_BY_UNIQUE_KEY (unique_key id, merge_filter target.id = source.id, when_matched WHEN MATCHED THEN UPDATE SET target.kind = source.kind));
SELECT id, kind FROM raw.events
