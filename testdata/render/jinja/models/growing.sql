MODEL (name m.growing, kind FULL);

JINJA_QUERY_BEGIN;
{% set list = [] %}{% do list.append('a') %}{% do list.append('flag') %}SELECT {{ list | join(', ') }} FROM raw.t
JINJA_END;
