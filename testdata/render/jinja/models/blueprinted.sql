MODEL (name m.@{customer}_j, kind FULL, blueprints ((customer := one, field := a), (customer := two, field := amount)));

JINJA_QUERY_BEGIN;
SELECT {{ blueprint_var('field') }} AS f, '{{ blueprint_var('customer') }}' AS c, {{ blueprint_var('missing', 1) }} AS d FROM raw.t
JINJA_END;
