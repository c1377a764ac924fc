MODEL (name t.filter_pprint, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ [1, 2] | pprint }}' AS found FROM raw.t
JINJA_END;
