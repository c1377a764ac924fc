MODEL (name m.filters, kind FULL);

JINJA_QUERY_BEGIN;
SELECT {{ 'A' | lower }} AS x1, '{{ 'abc' | upper }}' AS x2, '{{ 'a b' | title }}' AS x3, '{{ 'ab' | capitalize }}' AS x4, '{{ '  a ' | trim }}' AS x5,
  '{{ 'a,b' | replace(',', ';') }}' AS x6, {{ [3, 1, 2] | sort | join(' + ') }} AS x7, {{ [1, 2, 3] | sum }} AS x8, {{ [1, 2] | first }} AS x9, {{ [1, 2] | last }} AS x10,
  {{ [1, 2, 2] | unique | list | length }} AS x11, {{ -3 | abs }} AS x12, {{ 2.567 | round(1) }} AS x13, {{ '7' | int + 1 }} AS x14, {{ 3 | float }} AS x15,
  '{{ {'a': 1} | tojson }}' AS x16, {{ ['a', 'b'] | map('upper') | join(', ') }}, {{ [1, 2, 3, 4] | select('even') | list | length }} AS x17,
  {{ [1, 2, 3] | reject('odd') | first }} AS x18, '{{ 'ab' | reverse }}' AS x19, {{ nothing_here | default(5) }} AS x20, {{ [1, 5, 3] | max }} AS x21, {{ [4, 2] | min }} AS x22,
  '{{ 'aGk=' | b64decode }}' AS x23, '{{ 'hi' | b64encode }}' AS x24, {{ [{'n': 1}, {'n': 2}] | map(attribute='n') | join(', ') }}, {{ 'a b c' | wordcount }} AS x25,
  {{ [1, 2, 3] | batch(2) | list | length }} AS x27, '{{ 'abcdef' | truncate(5, true, '.') }}' AS x28, {{ "3" | string | length }} AS x29,
  {% filter upper %}b{% endfilter %} AS x30, {{ [[1, 2], [3, 4]] | map('sum') | list | join('-') }} AS x31, {{ {'b': 1, 'a': 2} | dictsort | map('first') | join(', ') }}
FROM raw.t
JINJA_END;
