MODEL (name depot.jin, kind FULL);
JINJA_STATEMENT_BEGIN;
{% if var('mode') == 'full' %}SET threads = 3{% endif %};
JINJA_END;
JINJA_QUERY_BEGIN;
SELECT id, {{ outer_cents('amount') }} AS amount, {{ doubled('id') }} AS two FROM depot.stage
{% if var('switch') %} WHERE id > 0 {% endif %}
JINJA_END;
