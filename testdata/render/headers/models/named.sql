MODEL (name marts.named, description 'In words, of its own', grain id, owner @someone(), table_properties (old = 1), enabled @kept);
SELECT id FROM raw.plain
