MODEL (name marts.around, kind FULL, audits (inside, inside_template));

CREATE TABLE IF NOT EXISTS before_it (id INT);
JINJA_STATEMENT_BEGIN;
DELETE FROM before_it WHERE id = {{ 1 + 1 }};
JINJA_END;

SELECT id FROM raw.plain;

DROP TABLE before_it;

AUDIT (name inside);
SELECT * FROM @this_model WHERE id < 0;

AUDIT (name inside_template);
JINJA_QUERY_BEGIN;
SELECT * FROM {{ this_model }} WHERE id > {{ 100 }}
JINJA_END;

ON_VIRTUAL_UPDATE_BEGIN;
GRANT SELECT ON VIEW @this_model TO ROLE readers;
JINJA_STATEMENT_BEGIN;
GRANT SELECT ON VIEW {{ this_model }} TO ROLE writers;
JINJA_END;
ON_VIRTUAL_UPDATE_END;
