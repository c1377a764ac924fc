MODEL (name shop.middle, kind EMBEDDED);
SELECT id, amount * 2 AS amount FROM shop.base
