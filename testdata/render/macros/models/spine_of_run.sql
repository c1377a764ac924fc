MODEL (name m.spine_of_run, kind INCREMENTAL_UNMANAGED);

SELECT date_week FROM (@DATE_SPINE('week', @start_ds, @end_ds)) AS s
