MODEL (name m.star, kind FULL);

SELECT @STAR(raw.t) FROM raw.t
