MODEL (name shop.embedded, kind EMBEDDED);
SELECT id, amount FROM shop.events WHERE amount > 0
