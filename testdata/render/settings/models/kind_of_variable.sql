MODEL (name m.kind_of_variable, kind @kind, owner @IF(@incremental, NULL, 'x'));

SELECT id FROM raw.events
