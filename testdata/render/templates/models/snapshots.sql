MODEL (name t.snapshots, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ snapshots }}' AS found FROM raw.t
JINJA_END;
