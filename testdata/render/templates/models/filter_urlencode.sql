MODEL (name t.filter_urlencode, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ "a b" | urlencode }}' AS found FROM raw.t
JINJA_END;
