MODEL (name t.filter_selectattr, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ var("rows") | selectattr("on") | map(attribute="name") | join("-") }}' AS found FROM raw.t
JINJA_END;
