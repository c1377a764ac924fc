MODEL (name m.conditions, kind FULL);

JINJA_QUERY_BEGIN;
{# a comment #}
{% set limit = 5 if var('enabled') else 1 %}
SELECT a{% if var('count') == 3 and not var('nothing') %}, amount{% elif false %}, b{% else %}, flag{% endif %}, {{ 1 if 'x' in ['x'] else 2 }} AS inside, {{ 7 // 2 }} AS whole, {{ 7 / 2 }} AS half, {{ 2 ** 3 }} AS power, {{ 7 % 4 }} AS rest, {{ 'a' ~ 1 }}, '{{ none }}' AS none_text, {{ true }} AS truth, $${{ [1, 'a'] }}$$ AS list_text
FROM raw.t LIMIT {{ limit }}
JINJA_END;
