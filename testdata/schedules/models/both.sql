MODEL (name shop.both, kind FULL);
SELECT f.id, e.amount FROM shop.forward AS f JOIN shop.events AS e ON f.id = e.id
