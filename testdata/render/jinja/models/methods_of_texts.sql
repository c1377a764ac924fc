MODEL (name m.methods_of_texts, kind FULL);

JINJA_QUERY_BEGIN;
SELECT
  $${{ 'abc'.isalpha() }}$$ AS x0,
  $${{ 'abc'.isupper() }}$$ AS x1,
  $${{ 'ABC'.isupper() }}$$ AS x2,
  $${{ 'abc'.swapcase() }}$$ AS x3,
  $${{ 'a b c'.rsplit(' ', 1) }}$$ AS x4,
  $${{ 'a-b'.partition('-') }}$$ AS x5,
  $${{ 'a-b-c'.rpartition('-') }}$$ AS x6,
  $${{ 'abc'.center(7, '*') }}$$ AS x7,
  $${{ 'abc'.ljust(5) ~ '|' }}$$ AS x8,
  $${{ 'abc'.rjust(5) }}$$ AS x9,
  $${{ 'abc'.index('c') }}$$ AS x10,
  $${{ 'a1'.isalnum() }}$$ AS x11,
  $${{ 'ABC'.casefold() }}$$ AS x12,
  $${{ '12'.isnumeric() }}$$ AS x13,
  $${{ 'a,b,c'.split(',', 1) }}$$ AS x14,
  $${{ 'a b&c' | urlencode }}$$ AS x15,
  $${{ ' a b '.split() }}$$ AS x16,
  $${{ 'a\nb'.splitlines() }}$$ AS x17
FROM raw.t
JINJA_END;
