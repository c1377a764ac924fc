MODEL (name shop.report, kind VIEW);
SELECT e.id, e.amount, m.day FROM shop.events AS e JOIN shop.monthly AS m ON e.id = m.id
