MODEL (name t.test_escaped, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ "a" is escaped }}' AS found FROM raw.t
JINJA_END;
