MODEL (name k.embedded, kind EMBEDDED);
SELECT id FROM raw.events
