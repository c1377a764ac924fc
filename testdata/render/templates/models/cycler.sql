MODEL (name t.cycler, kind FULL);
JINJA_QUERY_BEGIN;
{% set turn = cycler("a", "b") %}SELECT '{{ turn.next() }}{{ turn.next() }}' AS turns FROM raw.t
JINJA_END;
