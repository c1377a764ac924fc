MODEL (name t.autoescape, kind FULL);
JINJA_QUERY_BEGIN;
SELECT {% autoescape true %}'{{ "<" }}'{% endautoescape %} AS less FROM raw.t
JINJA_END;
