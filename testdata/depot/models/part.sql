MODEL (name depot.part, kind INCREMENTAL_BY_PARTITION, partitioned_by (status));
SELECT id, status FROM depot.wide
