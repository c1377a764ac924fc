MODEL (name t.filter_items, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ (var("nested") | items | list)[0][0] }}' AS found FROM raw.t
JINJA_END;
