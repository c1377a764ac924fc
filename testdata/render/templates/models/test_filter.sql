MODEL (name t.test_filter, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ "upper" is filter }}' AS found FROM raw.t
JINJA_END;
