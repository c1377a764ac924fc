MODEL (name shop.weekly, kind FULL, cron '0 6 * * 1', start '2024-01-03');
SELECT id, SUM(amount) AS amount FROM shop.events GROUP BY id
