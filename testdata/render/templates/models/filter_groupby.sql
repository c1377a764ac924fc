MODEL (name t.filter_groupby, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ var("rows") | groupby("size") | length }}' AS found FROM raw.t
JINJA_END;
