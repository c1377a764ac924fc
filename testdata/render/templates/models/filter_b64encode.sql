MODEL (name t.filter_b64encode, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ "x" | b64encode }}' AS found FROM raw.t
JINJA_END;
