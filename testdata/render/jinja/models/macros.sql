MODEL (name m.macros, kind FULL);

JINJA_QUERY_BEGIN;
SELECT {{ money('amount') }} AS m, {{ both('a', 'amount') }} AS b, {{ renamed(['a', 'b'], prefix='x_') }}, {% call wrapped() %}a + 1{% endcall %} AS w FROM raw.t {{ limited() }}
JINJA_END;
