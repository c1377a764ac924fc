MODEL (name t.gateway, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ gateway() }}' AS found FROM raw.t
JINJA_END;
