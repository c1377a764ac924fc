MODEL (name m.python_asking, kind FULL);
SELECT a, @asked(raw.t) AS found FROM raw.t
