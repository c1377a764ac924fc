MODEL (name m.wrapped, kind FULL);

JINJA_QUERY_BEGIN;
SELECT
  '{{ "the quick  brown fox jumped over" | wordwrap(10) }}' AS a,
  '{{ "the quick brown abcdefghijklmnop fox" | wordwrap(7, wrapstring="/") }}' AS b,
  '{{ "the abcdefghijklmnop fox  " | wordwrap(7, false, "|") }}' AS c,
  '{{ "  one\n\ntwo three" | wordwrap(width=5, wrapstring="+") }}' AS d,
  {{ "12" | int + 1 }} AS e, {{ "x" | int }} AS f, {{ 3.7 | int }} AS g, {{ "0x1A" | int(0, 16) }} AS h, {{ "x" | int(default=5) }} AS i,
  {{ "1.9" | int }} AS j, {{ " 7 " | int }} AS k, {{ "1.5" | float }} AS l, {{ "y" | float }} AS m, {{ true | int }} AS n, {{ none | int }} AS o
FROM raw.t
JINJA_END;
