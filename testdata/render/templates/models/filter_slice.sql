MODEL (name t.filter_slice, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ [1, 2, 3, 4] | slice(2) | list }}' AS found FROM raw.t
JINJA_END;
