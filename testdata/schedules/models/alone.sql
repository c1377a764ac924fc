MODEL (name shop.alone, kind FULL);
SELECT id, amount FROM raw.events
