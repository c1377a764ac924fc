MODEL (name k.view, kind VIEW (materialized true), partitioned_by kind);
SELECT id, kind FROM raw.events
