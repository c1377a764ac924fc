MODEL (name k.scd_star, dialect snowflake, kind SCD_TYPE_2_BY_COLUMN (unique_key (id), columns *));
SELECT id, kind FROM raw.events
