MODEL (name m.variables, kind FULL);

JINJA_QUERY_BEGIN;
SELECT '{{ var('region') }}' AS r, {{ var('COUNT') }} AS c, {{ var('missing', 7) }} AS d, {{ var('names') | length }} AS n, {{ var('ratio') * 2 }} AS twice FROM raw.t
JINJA_END;
