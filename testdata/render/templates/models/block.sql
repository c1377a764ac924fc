MODEL (name t.block, kind FULL);
JINJA_QUERY_BEGIN;
SELECT {% block inner %}2{% endblock %} AS two FROM raw.t
JINJA_END;
