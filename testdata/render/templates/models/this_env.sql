MODEL (name t.this_env, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ this_env }}' AS found FROM raw.t
JINJA_END;
