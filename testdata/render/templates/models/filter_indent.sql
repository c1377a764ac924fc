MODEL (name t.filter_indent, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ "a
b" | indent(2) }}' AS found FROM raw.t
JINJA_END;
