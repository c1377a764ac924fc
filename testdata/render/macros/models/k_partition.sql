MODEL (name m.k_partition, kind INCREMENTAL_BY_PARTITION, partitioned_by (day));

SELECT a, day, @start_date AS x FROM raw.t
