MODEL (name shop.summed, kind FULL, audits (above_zero));
SELECT id, SUM(amount) AS total FROM shop.middle GROUP BY id
