MODEL (name t.filter_format, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ "%s-%s" | format(1, 2) }}' AS found FROM raw.t
JINJA_END;
