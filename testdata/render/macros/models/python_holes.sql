MODEL (name m.python_holes, kind FULL);

SELECT @COMPUTED(a) AS x, @ONE_MORE(a * 2) AS y FROM raw.t
