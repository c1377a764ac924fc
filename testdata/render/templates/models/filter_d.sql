MODEL (name t.filter_d, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ missing | d("none") }}' AS found FROM raw.t
JINJA_END;
