MODEL (name m.in_duckdb, kind FULL, dialect 'duckdb, normalization_strategy=case_sensitive');

SELECT Id, @STAR(Raw.Lower) FROM raw.events AS e JOIN Raw.Lower ON TRUE
