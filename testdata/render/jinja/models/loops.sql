MODEL (name m.loops, kind FULL);

JINJA_QUERY_BEGIN;
{% set columns = ['a', 'b', 'amount'] -%}
{%- set ns = namespace(total=0) -%}
SELECT
{%- for c in columns if c != 'b' %}
  {{ loop.index }} AS i{{ loop.index0 }}, {{ c }}{{ ',' }}
{%- endfor %}
{%- for c in columns %}{% set ns.total = ns.total + 1 %}{% endfor %}
{%- for c in columns %}{% if c == 'b' %}{% continue %}{% endif %}{% if c == 'amount' %}{% break %}{% endif %} {{ c }} AS kept_{{ c }},{% endfor %}
{% for k, v in {'p': 1, 'q': 2}.items() %} {{ v }} AS {{ k }},{% endfor %}
{% for x in range(1, 6, 2) %} {{ x }} AS n{{ x }},{% endfor %}
{% for x in [] %}{% else %} 0 AS empty,{% endfor %}
  {{ ns.total }} AS total
FROM raw.t
JINJA_END;
