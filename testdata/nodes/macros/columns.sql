{% macro chosen() %}id, {{ renamed('amount') }}{% endmacro %}
{% macro renamed(column) %}{{ column }} AS value{% endmacro %}
{% macro unused() %}1{% endmacro %}
