{% macro cents(column) %}{{ column }} * {{ var('rate') }}{% endmacro %}
{% macro outer_cents(column) %}({{ cents(column) }}){% endmacro %}
{% macro alone() %}1{% endmacro %}
