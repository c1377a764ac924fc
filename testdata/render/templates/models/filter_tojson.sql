MODEL (name t.filter_tojson, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ {"a": [1, "x"]} | tojson }}' AS found FROM raw.t
JINJA_END;
