MODEL (name t.filter_forceescape, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ "<c>" | forceescape }}' AS found FROM raw.t
JINJA_END;
