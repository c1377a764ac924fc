MODEL (name m.star_of_a_star, kind FULL);

SELECT @STAR(m.star_of_a_model, s) FROM m.star_of_a_model AS s
