MODEL (name t.filter_xmlattr, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ {"a": 1} | xmlattr }}' AS found FROM raw.t
JINJA_END;
