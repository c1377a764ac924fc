MODEL (name m.k_full, kind FULL);

SELECT a, @execution_ds AS x FROM raw.t
