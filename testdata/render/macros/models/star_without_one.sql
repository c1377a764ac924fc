MODEL (name m.star_without_one, kind FULL);

SELECT @STAR(raw.t, exclude := a), @STAR(raw.u, 'u', exclude := 'b'), @STAR('raw.u', u, exclude := u.amount, suffix := '_u')
FROM raw.t JOIN raw.u ON u.a = t.a
