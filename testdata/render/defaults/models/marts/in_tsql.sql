MODEL (dialect tsql, kind FULL);
SELECT id FROM raw.events
