MODEL (name t.filter_safe, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ "<d>" | safe }}' AS found FROM raw.t
JINJA_END;
