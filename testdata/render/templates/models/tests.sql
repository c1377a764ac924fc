MODEL (name t.tests, kind FULL);
JINJA_QUERY_BEGIN;
SELECT
  '{{ true is boolean }}' AS is_boolean,
  '{{ false is false }}' AS is_false,
  '{{ true is true }}' AS is_true,
  '{{ 1.5 is float }}' AS is_float,
  '{{ 1 is integer }}' AS is_integer,
  '{{ 1 is number }}' AS is_number,
  '{{ "a" is string }}' AS is_string,
  '{{ {} is mapping }}' AS is_mapping,
  '{{ [] is sequence }}' AS is_sequence,
  '{{ "a" is iterable }}' AS is_iterable,
  '{{ none is none }}' AS is_none,
  '{{ missing is undefined }}' AS is_undefined,
  '{{ 1 is defined }}' AS is_defined,
  '{{ "a" is lower }}' AS is_lower,
  '{{ "A" is upper }}' AS is_upper,
  '{{ 1 is odd }}' AS is_odd,
  '{{ 2 is even }}' AS is_even,
  '{{ 1 is eq 1 }}' AS is_eq,
  '{{ 1 is equalto 1 }}' AS is_equalto,
  '{{ 1 is ne 2 }}' AS is_ne,
  '{{ 1 is lt 2 }}' AS is_lt,
  '{{ 1 is lessthan 2 }}' AS is_lessthan,
  '{{ 1 is le 2 }}' AS is_le,
  '{{ 2 is gt 1 }}' AS is_gt,
  '{{ 2 is greaterthan 1 }}' AS is_greaterthan,
  '{{ 2 is ge 1 }}' AS is_ge,
  '{{ 1 is in [1, 2] }}' AS is_in,
  '{{ 4 is divisibleby 2 }}' AS is_divisibleby
FROM raw.t
JINJA_END;
