MODEL (name k.managed, dialect snowflake, kind MANAGED, physical_properties (target_lag = '1 minute'));
SELECT id FROM raw.events
