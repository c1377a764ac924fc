AUDIT (name positive, standalone true);
SELECT * FROM shop.middle WHERE amount <= 0
