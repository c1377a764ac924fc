MODEL (name m.k_view, kind VIEW);

SELECT a, @execution_ds AS x FROM raw.t
