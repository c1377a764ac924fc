MODEL (name shop.base, kind FULL);
SELECT id, kind, amount, placed_at FROM raw.events
