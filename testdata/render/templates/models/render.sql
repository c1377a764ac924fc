MODEL (name t.render, kind FULL);
JINJA_QUERY_BEGIN;
SELECT {{ render("{{ 1 + 1 }}") }} AS found FROM raw.t
JINJA_END;
