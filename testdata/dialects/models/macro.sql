MODEL (name shop.macro, kind FULL, dialect duckdb);
@DEF(least, 5);
SELECT id, seconds / @least AS part FROM src.visits WHERE day <= @execution_ds
