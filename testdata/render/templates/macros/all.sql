{% macro blueprinted() %}{{ blueprint_var("level", 0) }}{% endmacro %}
