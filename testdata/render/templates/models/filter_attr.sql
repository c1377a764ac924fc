MODEL (name t.filter_attr, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ "abc" | attr("x") }}' AS found FROM raw.t
JINJA_END;
