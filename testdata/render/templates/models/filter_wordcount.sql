MODEL (name t.filter_wordcount, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ "a b c d" | wordcount }}' AS found FROM raw.t
JINJA_END;
