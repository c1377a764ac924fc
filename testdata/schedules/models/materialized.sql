MODEL (name shop.materialized, kind VIEW (materialized true));
SELECT id, amount FROM shop.events
