MODEL (name m.k_unmanaged, kind INCREMENTAL_UNMANAGED);

SELECT a, @start_ds AS x, @end_ds AS y FROM raw.t
