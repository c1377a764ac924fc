MODEL (name m.unknown_filter, kind FULL);

JINJA_QUERY_BEGIN;
SELECT '{{ ['only'] | random }}' AS chosen, a FROM raw.t
JINJA_END;
