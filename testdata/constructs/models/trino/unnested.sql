MODEL (
  name trino.unnested,
  kind FULL,
  dialect trino
);

SELECT o.id, u.n FROM raw.orders AS o CROSS JOIN UNNEST(ARRAY[o.id, o.customer_id]) AS u(n)
