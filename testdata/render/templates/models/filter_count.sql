MODEL (name t.filter_count, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ [1, 2] | count }}' AS found FROM raw.t
JINJA_END;
