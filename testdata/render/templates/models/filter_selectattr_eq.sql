MODEL (name t.filter_selectattr_eq, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ var("rows") | selectattr("size", "eq", 2) | map(attribute="name") | join("-") }}' AS found FROM raw.t
JINJA_END;
