MODEL (name t.default_catalog, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ default_catalog }}' AS found FROM raw.t
JINJA_END;
