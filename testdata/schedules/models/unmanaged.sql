MODEL (name shop.unmanaged, kind INCREMENTAL_UNMANAGED, start '2024-03-04');
SELECT id, amount FROM raw.events
