MODEL (
  name clickhouse.asof_join,
  kind FULL,
  dialect clickhouse
);

SELECT o.id, p.price FROM raw.orders AS o ASOF JOIN raw.prices AS p ON o.id = p.id AND o.placed >= p.placed
