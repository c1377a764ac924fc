MODEL (name marts.behind_virtual, kind FULL);
SELECT id FROM raw.plain;
ON_VIRTUAL_UPDATE_BEGIN;
GRANT SELECT ON VIEW @this_model TO ROLE readers;
ON_VIRTUAL_UPDATE_END;
DROP TABLE lost;
DROP TABLE kept;
