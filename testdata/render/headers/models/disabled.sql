MODEL (name marts.disabled, enabled @IF(@kept, false, true));
SELECT id FROM raw.plain
