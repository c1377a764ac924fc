MODEL (name m.formatted, kind FULL);

JINJA_QUERY_BEGIN;
SELECT '{{ '%s-%s' | format('a', 'b') }}' AS x, '{{ '%05d' % 42 }}' AS y FROM raw.t
JINJA_END;
