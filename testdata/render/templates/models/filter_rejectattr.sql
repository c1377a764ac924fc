MODEL (name t.filter_rejectattr, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ var("rows") | rejectattr("on") | map(attribute="name") | join("-") }}' AS found FROM raw.t
JINJA_END;
