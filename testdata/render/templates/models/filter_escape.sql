MODEL (name t.filter_escape, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ "<b>" | escape }}' AS found FROM raw.t
JINJA_END;
