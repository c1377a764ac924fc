MODEL (
  name trino.unnest_ordinality,
  kind FULL,
  dialect trino
);

SELECT o.id, u.n, u.place
FROM raw.orders AS o CROSS JOIN UNNEST(ARRAY[o.id, o.customer_id]) WITH ORDINALITY AS u(n, place)
