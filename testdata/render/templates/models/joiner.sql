MODEL (name t.joiner, kind FULL);
JINJA_QUERY_BEGIN;
{% set comma = joiner(", ") %}SELECT {% for name in var("names") %}{{ comma() }}{{ name }}{% endfor %} FROM raw.t
JINJA_END;
