MODEL (name t.this_model, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ this_model }}' AS found FROM raw.t
JINJA_END;
