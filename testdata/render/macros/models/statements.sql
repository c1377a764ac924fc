MODEL (name m.statements, kind INCREMENTAL_UNMANAGED);

@DEF(t, 'temp');
CREATE TABLE IF NOT EXISTS @{t}_table AS SELECT @count AS n;
@IF(@runtime_stage = 'loading', INSERT INTO log VALUES (@start_ds, @region));
@IF(@runtime_stage = 'evaluating', INSERT INTO log VALUES (2));
SELECT a FROM raw.t;
DROP TABLE @{t}_table;
@IF(@count = 3, UPDATE log SET a = @this_model);
ON_VIRTUAL_UPDATE_BEGIN;
GRANT SELECT ON VIEW @this_model TO ROLE @region;
ON_VIRTUAL_UPDATE_END;
