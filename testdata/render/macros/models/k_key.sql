MODEL (name m.k_key, kind INCREMENTAL_BY_UNIQUE_KEY (unique_key (a), merge_filter target.a > @count));

SELECT a, @start_ds AS x FROM raw.t
