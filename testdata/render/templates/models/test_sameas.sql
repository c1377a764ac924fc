MODEL (name t.test_sameas, kind FULL);
JINJA_QUERY_BEGIN;
SELECT '{{ none is sameas none }}' AS found FROM raw.t
JINJA_END;
