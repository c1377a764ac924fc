MODEL (name t.filter_random, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ [1] | random }}' AS found FROM raw.t
JINJA_END;
