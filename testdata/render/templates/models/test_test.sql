MODEL (name t.test_test, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ "odd" is test }}' AS found FROM raw.t
JINJA_END;
