MODEL (name m.undefined, kind FULL);

JINJA_QUERY_BEGIN;
SELECT a {{ nowhere }} FROM raw.t {% if nowhere %}WHERE a = 1{% endif %} {% for x in nowhere %}x{% endfor %} {% if nowhere is defined %}LIMIT 1{% endif %}
JINJA_END;
