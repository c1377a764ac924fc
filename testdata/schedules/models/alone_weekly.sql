MODEL (name shop.alone_weekly, kind FULL, cron '@weekly');
SELECT id, amount FROM shop.alone
