MODEL (name m.more_filters, kind FULL);

JINJA_QUERY_BEGIN;
{%- set row = cycler('a', 'b') %}
{%- set comma = joiner(' + ') %}
{%- set once = [3, 1] | map('string') %}
{%- set sorted = ['b', 'a'] %}{% do sorted.sort() %}
SELECT
  $${{ 1 | filesizeformat }} {{ 13000 | filesizeformat }} {{ 2048 | filesizeformat(true) }} {{ '5' | filesizeformat }} {{ 1e30 | filesizeformat }}$$ AS x0,
  $${{ {'class': 'a', 'id': none, 'q': '<"'} | xmlattr }}{{ {} | xmlattr }}{{ {'a': 1} | xmlattr(false) }}$$ AS x1,
  $${{ '<p>a <b>b</b>\n c</p><!-- x --> &lt;&amp;&#33;' | striptags }}$$ AS x2,
  $${{ 'see http://a.io/x?y=1, (www.b.org) or <c.com>: me.too' | urlize(8, true, target='t') }}$$ AS x3,
  $${{ {'b': 1, 'a': [1, 'x', (2,)]} | pprint }}{{ "it's" | pprint }}$$ AS x4,
  $${{ 'abc' | attr('nothing') is defined }}$$ AS x5,
  $${{ row.next() }}{{ row.next() }}{{ row.current }}{{ row.next() }}{% do row.reset() %}{{ row.current }}$$ AS x6,
  {% for x in [1, 2, 3] %}{{ comma() }}{{ x }}{% endfor %} AS x7,
  $${{ {'a': 1, 'b c': 'd&e'} | urlencode }} {{ [('a', 1), ('b', '/')] | urlencode }} {{ 1 | urlencode }}$$ AS x8,
  {% block total %}amount{% set y = 1 %} + {{ y }}{% endblock %} AS x9,
  {{ self.total() | upper }} AS x10,
  $${{ {'a': 1, 'b': 'x'}.items() }} {{ var('nested').keys() }} {{ {'a': 1}.values() }} {{ {'a': 1}.keys() is sequence }}$$ AS x11,
  $${{ once | join(',') }};{{ once | join(',') }}$$ AS x12,
  {% if [] | select('odd') %}'generators are true'{% else %}''{% endif %} AS x13,
  {% for x in [1, 2, 3] | select('odd') %}{{ x }}{{ ' + ' if not loop.last }}{{ loop.length if loop.last }}{% endfor %} AS x14,
  $${{ sorted }} {{ sorted.copy() }} {{ [2, 1] | sort(true) }} {{ {'b': 1, 'a': 2} | dictsort(false, 'value', true) }} {{ ['a', 'A'] | unique(true) | list }}$$ AS x15,
  $${{ {'b': 1, 'a': [1, {}]} | tojson(2) }}$$ AS x16,
  $${{ 12 | round(0, 'ceil') }} {{ true | abs }} {{ 2.5 | round }} {{ true | round }}$$ AS x17,
  $${{ 'a\n\nb' | indent('> ', true) }} {{ '' | indent(2, true) }}$$ AS x18,
  $${{ '%r %X %o %e' % ('a', 255, 8, 12345.678) }} {{ '{!r} {:%} {:b} {:e}'.format('q', 0.25, 5, 1234.5) }}$$ AS x19,
  $${{ 'abc'.startswith(('x', 'a')) }} {{ 'a b'.rsplit() }} {{ 'a1'.isidentifier() }} {{ 'Ab Cd'.istitle() }}$$ AS x20,
  $${{ '<a>' | e }} {{ "it's" | escape }} {{ '/' | forceescape }} {{ '<' | e | e }}$$ AS x21,
  {% for x in 'abc' if x != 'b' -%}
    $${{ x }}{{ loop.index }}{{ loop.length }}{{ loop.last }}$$ AS l{{ loop.index }},
  {% endfor -%}
  $${{ "it's <b>x</b>" | wordwrap(5) }}{{ {'a': 1}.keys()[0] }}$$ AS w,
  $${{ none is iterable }} {{ [1, 'b'] is lower }} {{ nothing_here is sequence }} {{ 1e20 | string }}$$ AS x22,
  $${{ [{'n': 1}, {}] | map(attribute='n', default='q') | list }} {{ [1, 2, 3] | batch(2, 0) | map('sum') | list }}$$ AS x23
FROM raw.t
JINJA_END;
