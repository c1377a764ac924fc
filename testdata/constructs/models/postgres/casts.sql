MODEL (
  name postgres.casts,
  kind FULL,
  dialect postgres
);

SELECT id::TEXT AS id, amount::NUMERIC(10, 2) AS amount, readings[1] AS first
FROM raw.samples JOIN raw.orders USING (id)
