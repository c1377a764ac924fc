MODEL (name t.printed_macro, kind FULL);
JINJA_QUERY_BEGIN;
{% macro given() %}1{% endmacro %}
SELECT 1 AS "{{ given }}", {{ given() }} AS b FROM raw.t
JINJA_END;
