MODEL (name t.runtime_stage, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ runtime_stage }}' AS found FROM raw.t
JINJA_END;
