MODEL (
  name tsql.values_list,
  kind FULL,
  dialect tsql
);

SELECT v.a, v.b, o.amount FROM (VALUES (1, 'x'), (2, 'y')) AS v(a, b) JOIN raw.orders AS o ON o.id = v.a
