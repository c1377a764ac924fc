MODEL (name shop.shown, kind VIEW (materialized true));
SELECT id, total FROM shop.summed
