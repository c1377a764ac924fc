MODEL (name m.templates, kind FULL);

SELECT @RESOLVE_TEMPLATE('s3://b/@{catalog_name}/@{schema_name}/@{table_name}') AS place, @this_model AS own,
  @SQL('a + 1') AS parsed, @SQL('@column') AS interpolated, @SQL(@'@column * 2') AS twice
FROM raw.t
