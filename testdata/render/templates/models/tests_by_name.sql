MODEL (name t.tests_by_name, kind FULL);
JINJA_QUERY_BEGIN;
SELECT
  '{{ [1, 2] | select("==", 1) | list }}' AS s0,
  '{{ [1, 2] | select("!=", 1) | list }}' AS s1,
  '{{ [1, 2] | select("<", 1) | list }}' AS s2,
  '{{ [1, 2] | select("<=", 1) | list }}' AS s3,
  '{{ [1, 2] | select(">", 1) | list }}' AS s4,
  '{{ [1, 2] | select(">=", 1) | list }}' AS s5,
  '{{ [1, 2] | reject("odd") | list }}' AS s7
FROM raw.t
JINJA_END;
