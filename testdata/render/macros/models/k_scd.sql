MODEL (name m.k_scd, kind SCD_TYPE_2 (unique_key a));

SELECT a, at AS updated_at, @start_ds AS x FROM raw.t
