AUDIT (name none_missing, standalone true, cron '@daily');
SELECT * FROM shop.daily AS d LEFT JOIN shop.base AS b ON d.id = b.id WHERE b.id IS NULL
