MODEL (name m.variadic_macros, kind FULL);

JINJA_QUERY_BEGIN;
{% macro m(a, b=2) %}{{ a }}{{ b }}{{ varargs | join(',') }}{{ kwargs | dictsort }}{% endmacro %}
{% macro wrapped_in(a) %}{% for x in varargs %}{{ a }}{{ x }},{% endfor %}{{ caller() }}{% endmacro %}
SELECT $${{ m(1) }}|{{ m(1, 2, 3, 4) }}|{{ m(1, z=5) }}|{{ m(b=1, a=2) }}$$ AS a, $${% call wrapped_in('p', 1, 2) %}body{% endcall %}$$ AS b, {{ listed('a') }}
FROM raw.t
JINJA_END;
