MODEL (name m.unknown_filter, kind FULL);

JINJA_QUERY_BEGIN;
SELECT '{{ 123456 | filesizeformat }}' AS size, a FROM raw.t
JINJA_END;
