AUDIT (name positive, dialect duckdb, defaults (least = 0, most = 'x'), blocking false, formatting false);
SELECT * FROM @this_model WHERE @column < @least;

AUDIT (name positive_none);
SELECT * FROM @this_model WHERE id < 0;

AUDIT (name none_lost, standalone true, skip true, description 'Nothing is lost', owner checks, start '2024-02-01', end '2024-12-31', cron '@hourly', cron_tz 'Europe/Berlin', interval_unit hour, stamp 'one', depends_on (marts.everything));
SELECT * FROM raw.events AS e LEFT JOIN marts.everything AS m ON m.id = e.id WHERE m.id IS NULL;
