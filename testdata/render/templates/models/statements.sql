MODEL (name t.statements, kind FULL);
JINJA_QUERY_BEGIN;
{% macro plus(x) %}{{ x }} + {{ caller() }}{% endmacro %}
SELECT {% call plus(3) %}4{% endcall %} AS called, {% filter upper %}'abc'{% endfilter %} AS filtered,
{% with x = 5 %}{{ x }}{% endwith %} AS within,
{% for i in [1, 2, 3, 4] %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 4 %}{% break %}{% endif %}{{ i }} AS n{{ i }}, {% endfor %}
{% set list = [] %}{% do list.append(1) %}{{ list | length }} AS done
FROM raw.t
JINJA_END;
