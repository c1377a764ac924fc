MODEL (name t.filter_center, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ "ab" | center(6) }}' AS found FROM raw.t
JINJA_END;
