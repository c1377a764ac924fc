MODEL (name m.dates, kind INCREMENTAL_UNMANAGED);

JINJA_QUERY_BEGIN;
SELECT '{{ start_ds }}' AS a, '{{ end_ts }}' AS b, {{ start_millis }} AS c, '{{ execution_date }}' AS d, '{{ start_date.year }}' AS y, '{{ end_dt.strftime('%Y%m%d') }}' AS f, '{{ start_dtntz }}' AS g FROM raw.t
JINJA_END;
