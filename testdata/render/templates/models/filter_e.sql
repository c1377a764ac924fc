MODEL (name t.filter_e, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ "<a>" | e }}' AS found FROM raw.t
JINJA_END;
