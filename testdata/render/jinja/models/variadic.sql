MODEL (name m.variadic, kind FULL);

JINJA_QUERY_BEGIN;
SELECT {{ listed('a', 'b', z='flag') }} FROM raw.t
JINJA_END;
