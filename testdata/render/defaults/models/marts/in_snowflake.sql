MODEL (dialect snowflake, kind FULL);
SELECT id FROM raw.events
