MODEL (name m.k_embedded, kind EMBEDDED);

SELECT a, @start_ds AS x FROM raw.t
