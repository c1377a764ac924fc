MODEL (name m.printed, kind FULL);

JINJA_QUERY_BEGIN;
SELECT
  $${{ true }}$$ AS x0,
  $${{ none }}$$ AS x1,
  $${{ [true, none, 1.0, 'a', "it's"] }}$$ AS x2,
  $${{ {'a': 1, 'b': true} }}$$ AS x3,
  $${{ (1, 'a') }}$$ AS x4,
  $${{ 1e20 }}$$ AS x5,
  $${{ 0.00001 }}$$ AS x6,
  $${{ 1e16 }}$$ AS x7,
  $${{ 10 / 4 }}$$ AS x8,
  $${{ -7 % 4 }}$$ AS x9,
  $${{ 2 ** 0.5 }}$$ AS x10,
  $${{ 'a' ~ true ~ none }}$$ AS x11,
  $${{ range(3) }}$$ AS x12,
  $${{ range(1, 6, 2) }}$$ AS x13,
  $${{ range(5, 0, -2) | list }}$$ AS x14,
  $${{ range(3)[1] }}$$ AS x15,
  $${{ 2 in range(3) }}$$ AS x16,
  $${{ [1, 2][5:] }}$$ AS x17,
  $${{ (1,) }}$$ AS x18,
  $${{ {'a': 1} | string }}$$ AS x19,
  $${{ [[1, 2]] | map('last') | list }}$$ AS x20,
  $${{ var('nested') }}$$ AS x21,
  $${{ var('nested').high[1] }}$$ AS x22,
  $${{ 'a' is sequence }}$$ AS x23,
  $${{ 'abc' is iterable }}$$ AS x24,
  $${{ none is sequence }}$$ AS x25
FROM raw.t
JINJA_END;
