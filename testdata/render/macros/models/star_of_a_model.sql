MODEL (name m.star_of_a_model, kind FULL);

SELECT @STAR(m.parent, exclude := [day, total]), 1 AS one FROM m.parent
