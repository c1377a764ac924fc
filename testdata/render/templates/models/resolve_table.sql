MODEL (name t.resolve_table, kind FULL);
JINJA_QUERY_BEGIN;
SELECT 1 AS one FROM {{ resolve_table("raw.t") }}
JINJA_END;
