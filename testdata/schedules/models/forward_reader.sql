MODEL (name shop.forward_reader, kind FULL);
SELECT id, amount FROM shop.forward
