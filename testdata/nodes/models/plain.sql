MODEL (name shop.plain, kind VIEW);
SELECT id, total FROM shop.summed WHERE total > @rate
