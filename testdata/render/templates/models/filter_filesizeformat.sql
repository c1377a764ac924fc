MODEL (name t.filter_filesizeformat, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ 1000000 | filesizeformat }}' AS found FROM raw.t
JINJA_END;
