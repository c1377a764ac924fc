MODEL (
  name postgres.values_list,
  kind FULL,
  dialect postgres
);

SELECT v.a, v.b, o.amount FROM (VALUES (1, 'x'), (2, 'y')) AS v(a, b) JOIN raw.orders AS o ON o.id = v.a
