MODEL (name m.unknown_filter, kind FULL);

JINJA_QUERY_BEGIN;
SELECT $${{ 'foo bar baz' | wordwrap(5) }}$$ AS x FROM raw.t
JINJA_END;
