MODEL (name m.kinds, kind @IF(@incremental, FULL, VIEW), stamp @team);

SELECT @execution_ds AS d, id FROM raw.events
