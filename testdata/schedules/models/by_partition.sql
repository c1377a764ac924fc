MODEL (name shop.by_partition, kind INCREMENTAL_BY_PARTITION, partitioned_by [day], start '2024-03-05');
SELECT id, day, amount FROM raw.events
