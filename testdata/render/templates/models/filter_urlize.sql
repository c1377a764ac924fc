MODEL (name t.filter_urlize, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ "see http://a.b" | urlize }}' AS found FROM raw.t
JINJA_END;
