MODEL (name k.unique_key, kind INCREMENTAL_BY_UNIQUE_KEY (
  unique_key (id, COALESCE(kind, '')),
  when_matched (WHEN MATCHED AND source.kind <> 'x' THEN UPDATE SET target.kind = source.kind, target.ds = source.ds WHEN NOT MATCHED THEN INSERT (id, kind, ds) VALUES (source.id, source.kind, source.ds)),
  merge_filter source.ds > target.ds AND target.ds > @start_date,
  batch_size 10, lookback 1, forward_only true, disable_restatement true, on_destructive_change allow, on_additive_change ignore,
  auto_restatement_cron '0 0 1 * *'
));
SELECT id, kind, ds FROM raw.events
