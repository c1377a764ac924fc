MODEL (name shop.materialized_forward, kind VIEW (materialized true));
SELECT id, amount FROM shop.forward
