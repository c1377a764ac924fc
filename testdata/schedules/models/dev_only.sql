MODEL (name shop.dev_only, kind FULL, virtual_environment_mode dev_only, start '2024-03-01');
SELECT id, amount FROM shop.events
