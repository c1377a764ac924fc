MODEL (name t.lipsum, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ lipsum(n=0) }}' AS found FROM raw.t
JINJA_END;
