-- sqlglot passes over what is empty between commas.
MODEL (name m.empty_arguments, kind FULL);
SELECT @IF(TRUE, , a) AS a, @EACH([1, , 2,], x -> @x AS @{x}_b), @OR(a = 1, , b = 2) AS c FROM raw.t
