MODEL (name m.formats, kind FULL);

JINJA_QUERY_BEGIN;
SELECT
  $${{ '%s' % 'a' }}$$ AS x0,
  $${{ '%s-%d' % ('a', 3) }}$$ AS x1,
  $${{ '%05.2f' % 3.14159 }}$$ AS x2,
  $${{ '%(a)s' % {'a': 1} }}$$ AS x3,
  $${{ '%d%%' % 5 }}$$ AS x4,
  $${{ '%x' % 255 }}$$ AS x5,
  $${{ '%5s|%-5s|' % ('a', 'b') }}$$ AS x6,
  $${{ '%s' % [1, 2] }}$$ AS x7,
  $${{ '%s and %s' % (true, none) }}$$ AS x8,
  $${{ '%-5d|' % 3 }}$$ AS x9,
  $${{ '%+d' % 3 }}$$ AS x10,
  $${{ '%.3s' % 'abcdef' }}$$ AS x11,
  $${{ 'a' ~ '%s' % 'b' ~ 'c' }}$$ AS x12,
  $${{ '%s' % 'a' | upper }}$$ AS x13,
  $${{ '%s-%s' % (var('count'), 'x'.upper()) }}$$ AS x14,
  $${{ '%.1f' % 2.25 }}$$ AS x15,
  $${{ '{0} {1} {0}'.format('a', 'b') }}$$ AS x16,
  $${{ '{a}'.format(a=1) }}$$ AS x17,
  $${{ '{:>5}|{:^7}|{:<3}|'.format('a', 'ab', 'c') }}$$ AS x18,
  $${{ '{:.2f}'.format(3.14159) }}$$ AS x19,
  $${{ '{:,}'.format(1234567) }}$$ AS x20,
  $${{ '{:05d}'.format(42) }}$$ AS x21,
  $${{ '{{}} {}'.format(true) }}$$ AS x22,
  $${{ '{x:>4}|'.format(x='a') }}$$ AS x23
FROM raw.t
JINJA_END;
