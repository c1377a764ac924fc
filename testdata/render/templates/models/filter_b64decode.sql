MODEL (name t.filter_b64decode, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ "eA==" | b64decode }}' AS found FROM raw.t
JINJA_END;
