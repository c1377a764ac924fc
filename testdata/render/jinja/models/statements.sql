MODEL (name m.statements, kind INCREMENTAL_UNMANAGED);

JINJA_STATEMENT_BEGIN;
{% for t in ['x', 'y'] %}
CREATE TABLE IF NOT EXISTS {{ t }}_table AS SELECT {{ var('count') }} AS n;
{% endfor %}
JINJA_END;

JINJA_QUERY_BEGIN;
SELECT a FROM raw.t
JINJA_END;

JINJA_STATEMENT_BEGIN;
{% if var('count') == 3 %}DROP TABLE x_table{% endif %}
JINJA_END;

JINJA_STATEMENT_BEGIN;
{% if var('count') == 4 %}DROP TABLE y_table{% endif %}
JINJA_END;
