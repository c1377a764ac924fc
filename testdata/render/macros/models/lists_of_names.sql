MODEL (name m.lists_of_names, kind FULL);

SELECT * EXCLUDE (@EACH(['x'], x -> b), amount), CONCAT_WS(@EACH(['-', 'x'], s -> s)) AS joined
FROM raw.t AS t
JOIN raw.u AS u USING (@EACH([a, b], c -> c))
JOIN (VALUES (@EACH([1, 2], x -> x))) AS v(p, q) ON v.p = t.a
