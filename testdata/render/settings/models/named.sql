MODEL (name @{layer}_out.named, owner @VAR('team'), cron @IF(@days = 2, '@daily', '@weekly'), tags @labels, start @IF(@incremental, '2024-01-01', '2020-01-01'));

SELECT ID, DS FROM @layer.events
