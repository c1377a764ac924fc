MODEL (name m.kind_of_python, kind @chosen_kind());

SELECT a FROM raw.t
