MODEL (name m.methods, kind FULL);

JINJA_QUERY_BEGIN;
SELECT {{ 'A'.lower() }} AS a1, '{{ 'x-y'.split('-')[1] }}' AS a2, {{ ', '.join(['a', 'b']) }}, '{{ 'abc'[1:] }}' AS a3, {{ 'abc'.startswith('a') }} AS a4, '{{ 'a'.replace('a', 'z') }}' AS a5, {{ {'k': 1}.get('k') }} AS a6, {{ 'abc'.find('c') }} AS a7, '{{ 'ab'.title() }}' AS a8, '{{ ' a '.strip() }}' AS a9, '{{ 'a{}'.format(1) }}' AS a10, {{ [1, 2].index(2) }} AS a11, {{ 'aba'.count('a') }} AS a12, '{{ 'x'.zfill(3) }}' AS a13 FROM raw.t
JINJA_END;
