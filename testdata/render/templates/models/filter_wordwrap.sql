MODEL (name t.filter_wordwrap, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ "a b" | wordwrap(1) }}' AS found FROM raw.t
JINJA_END;
