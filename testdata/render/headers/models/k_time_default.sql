MODEL (name k.time_default, kind incremental_by_time_range (time_column "Ds", forward_only false));
SELECT id, ds AS "Ds" FROM raw.events WHERE ds BETWEEN @start_ds AND @end_ds
