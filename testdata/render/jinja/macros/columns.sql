{% macro money(column, scale=100) %}{{ column }} / {{ scale }}{% endmacro %}
{% macro renamed(columns, prefix='') -%}
{%- for c in columns %}{{ c }} AS {{ prefix }}{{ c }}{{ ", " if not loop.last else "" }}{% endfor -%}
{%- endmacro %}
{% macro both(a, b) %}{{ money(a) }} + {{ money(b, scale=10) }}{% endmacro %}
{% macro limited() %}{% if var('count') > 2 %}LIMIT {{ var('count') }}{% endif %}{% endmacro %}
{% macro wrapped() %}({{ caller() }}){% endmacro %}
{% macro listed() %}{{ varargs | join(', ') }}{% for k, v in kwargs.items() %}, {{ v }} AS {{ k }}{% endfor %}{% endmacro %}
