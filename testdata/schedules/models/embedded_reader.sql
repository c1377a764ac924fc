MODEL (name shop.embedded_reader, kind FULL);
SELECT id, amount FROM shop.embedded
