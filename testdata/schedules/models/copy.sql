MODEL (name shop.copy, kind VIEW);
SELECT * FROM shop.events
