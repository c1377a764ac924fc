MODEL (name t.filter_truncate, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ "one two three" | truncate(7) }}' AS found FROM raw.t
JINJA_END;
