MODEL (name m.star_of_a_sum, kind FULL);

SELECT @STAR(m.parent, exclude := [day]) FROM m.parent
