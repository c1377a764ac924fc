MODEL (name m.templates_of_tables, kind FULL);

@DEF(unused, 1, 2);
SELECT @RESOLVE_TEMPLATE('@{table_name}', mode := 'literal') AS n, @GENERATE_SURROGATE_KEY(a, hash_function := SHA256) AS k
FROM @RESOLVE_TEMPLATE('@{catalog_name}.@{schema_name}.@{table_name}_raw', mode := 'table') AS r
