MODEL (name t.test_callable, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ var is callable }}' AS found FROM raw.t
JINJA_END;
