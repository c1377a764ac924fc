MODEL (name marts.keyed, grain (id, "Name"), interval_unit 'five_minute', cron '*/5 * * * *', gateway "Second");
SELECT id, Name FROM raw.plain
