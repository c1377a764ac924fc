MODEL (name shop.usual, kind FULL);
SELECT id, seconds / 3 AS third FROM src.visits WHERE paid
